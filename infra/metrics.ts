/** The metrics that functions and services publish, as CloudWatch knows them. */
import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric, type MetricOptions, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { type MetricName, NAMESPACE } from "../functions/core/metrics/metric-names.ts";
import type { ServerParts } from "./server-parts.ts";

export const SUM: MetricOptions = { statistic: Stats.SUM, period: Duration.minutes(5) };
export const percentile = (percent: number): MetricOptions => ({
  statistic: Stats.percentile(percent),
  period: Duration.minutes(5),
});

/** A metric of ours. RunsFinished also exists by status. */
export const own = (
  { serverName }: ServerParts,
  metricName: MetricName,
  options: MetricOptions,
  status?: string,
): Metric =>
  new Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { Server: serverName, ...(status === undefined ? {} : { Status: status }) },
    ...options,
  });

/** Metrics of a table for which the CDK has no method. */
export const ofTable = ({ table }: ServerParts, metricName: string, options: MetricOptions): Metric =>
  new Metric({ namespace: "AWS/DynamoDB", metricName, dimensionsMap: { TableName: table.tableName }, ...options });

/** Throttled requests of a table and its indexes. Each index has dimensions of its own, so a search finds them, also later ones. */
export const throttled = ({ table }: ServerParts, what: "Read" | "Write"): MathExpression =>
  new MathExpression({
    expression: `SELECT SUM(${what}ThrottleEvents) FROM "AWS/DynamoDB" WHERE TableName = '${table.tableName}'`,
    label: `${what.toLowerCase()} throttles, indexes included`,
    period: Duration.minutes(5),
  });
