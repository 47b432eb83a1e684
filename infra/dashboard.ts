/** The dashboard of a server: one page, in the order in which a run passes through it. */
import { Stack } from "aws-cdk-lib";
import { Dashboard, GraphWidget, type IMetric, type IWidget, LogQueryWidget, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { MetricName } from "../functions/core/metrics/metric-names.ts";
import type { ServerParts } from "./server-parts.ts";
import { ofTable, own, percentile, SUM, throttled } from "./metrics.ts";

const graph = (title: string, ...left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 8, height: 5 });

const STATUSES = ["success", "error", "interrupted", "rolled_back"];

export function createDashboard(server: ServerParts): Dashboard {
  const { api, worker, sweeper, queue, deadLetters } = server;
  const spread = (name: MetricName): IMetric[] =>
    [50, 95].map((percent) => own(server, name, { ...percentile(percent), label: `p${percent}` }));
  const maximum = { ...SUM, statistic: Stats.MAXIMUM };
  const dashboard = new Dashboard(server, "Dashboard", {
    dashboardName: `${Stack.of(server).stackName}-${server.node.id}`,
  });
  dashboard.addWidgets(
    graph(
      "Runs that ended",
      ...STATUSES.map((status) => own(server, "RunsFinished", { ...SUM, label: status }, status)),
    ),
    graph("Wait in the queue, ms", ...spread("QueueDelay")),
    graph("Until the first event, ms", ...spread("TimeToFirstEvent")),
    graph("Append of a slot, ms", ...spread("AppendLatency")),
    graph("From worker to reader, ms", ...spread("TailLag")),
    graph(
      "Trouble",
      own(server, "Recoveries", SUM),
      own(server, "FencedWriters", SUM),
      own(server, "Attempts", { ...maximum, label: "attempts of a run, most" }),
    ),
    graph(
      "Queue",
      queue.metricApproximateNumberOfMessagesVisible(maximum),
      queue.metricApproximateNumberOfMessagesNotVisible(maximum),
      deadLetters.metricApproximateNumberOfMessagesVisible(maximum),
    ),
    graph(
      "Errors and throttles",
      ...[api, worker, sweeper].flatMap((one) => [one.metricErrors(SUM), one.metricThrottles(SUM)]),
      throttled(server, "Write"),
      throttled(server, "Read"),
    ),
    graph("Concurrent executions", ...[api, worker].map((one) => one.metric("ConcurrentExecutions", maximum))),
    graph(
      "Requests",
      ...(server.restApi
        ? [
            server.restApi.metricCount(SUM),
            server.restApi.metricClientError(SUM),
            server.restApi.metricServerError(SUM),
          ]
        : ["UrlRequestCount", "Url4xxCount", "Url5xxCount"].map((name) => api.metric(name, SUM))),
    ),
    graph(
      "Units of the table",
      ofTable(server, "ConsumedWriteCapacityUnits", SUM),
      ofTable(server, "ConsumedReadCapacityUnits", SUM),
    ),
    graph("Write units of an invocation", ...spread("WriteUnits")),
    new LogQueryWidget({
      title: "What went wrong",
      logGroupNames: [worker, api, sweeper].map((one) => one.logGroup.logGroupName),
      queryLines: [
        "fields @timestamp, message, run_id, thread_id, error",
        'filter level in ["WARN", "ERROR"]',
        "sort @timestamp desc",
        "limit 50",
      ],
      width: 24,
      height: 8,
    }),
  );
  return dashboard;
}
