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

/** One of ours; RunsFinished is there by status, too. */
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

/** CDK has no names for what it does not know of tables yet. */
export const ofTable = ({ table }: ServerParts, metricName: string, options: MetricOptions): Metric =>
  new Metric({ namespace: "AWS/DynamoDB", metricName, dimensionsMap: { TableName: table.tableName }, ...options });

/** What a table and its indexes refused. Each index publishes under dimensions of its own, so a query finds them, and those to come. */
export const throttled = ({ table }: ServerParts, what: "Read" | "Write"): MathExpression =>
  new MathExpression({
    expression: `SELECT SUM(${what}ThrottleEvents) FROM "AWS/DynamoDB" WHERE TableName = '${table.tableName}'`,
    label: `${what.toLowerCase()} throttles, indexes included`,
    period: Duration.minutes(5),
  });
