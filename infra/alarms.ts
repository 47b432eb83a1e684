/**
 * The alarms. Each says in its description what to do. They watch ten metrics, as many as CloudWatch watches free of charge; the metrics of
 * the table's throttles exist only after the first one.
 */
import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { VISIBILITY_S } from "../functions/core/run/execute/timings.ts";
import { MAX_RECEIVES } from "../functions/host/timings.ts";
import type { ServerParts } from "./server-parts.ts";
import { own, SUM, throttled } from "./metrics.ts";

interface Watched {
  metric: IMetric;
  /** The alarm is raised above this value … */
  above: number;
  /** … in the first number of periods out of the second; default: one of one. */
  periods?: [number, number];
  /** What has happened, and what to do. */
  text: string;
}

export function createAlarms(server: ServerParts, topic: ITopic | undefined): Alarm[] {
  return Object.entries(watched(server)).map(([id, { metric, above, periods: [least, of] = [1, 1], text }]) => {
    const alarm = new Alarm(server, `${id}Alarm`, {
      alarmDescription: text,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: least,
      evaluationPeriods: of,
      // Without traffic there are no data, which is normal.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
    return alarm;
  });
}

function watched(server: ServerParts): Record<string, Watched> {
  const { api, worker, sweeper, queue, deadLetters } = server;
  return {
    DeadLetters: {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      text:
        `Messages of the run queue were delivered ${MAX_RECEIVES} times in vain. Look at the worker's Throttles first: a message that finds no ` +
        "concurrency left is a failed delivery, too. If there are none, read its log for `message failed` and mend the cause. The runs are " +
        "sent again by the sweeper by themselves; then purge the dead letters.",
    },
    QueueAge: {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: Stats.MAXIMUM }),
      above: VISIBILITY_S,
      periods: [3, 5],
      text:
        "A run has waited longer than any invocation takes: there are more runs than workers. Compare the worker's Throttles and the account's " +
        "ConcurrentExecutions with its quota; raise `maxConcurrency` or the quota.",
    },
    RunErrors: {
      metric: new MathExpression({
        expression: "IF(all >= 5, 100 * errors / all, 0)",
        usingMetrics: { errors: own(server, "RunsFinished", SUM, "error"), all: own(server, "RunsFinished", SUM) },
        period: Duration.minutes(15),
        label: "runs that failed, %",
      }),
      above: 20,
      text:
        "More than a fifth of the runs failed. Search the worker's log for `run finished` with status error, and take the run_id to its other " +
        "lines: a model that is down, a key that has expired, a graph that does not load.",
    },
    WorkerErrors: {
      metric: worker.metricErrors(SUM),
      above: 2,
      text:
        "Workers crashed, ran out of memory or out of time. Their runs go on in other workers from their last checkpoint. Read the worker's log " +
        "for the REPORT line with an error; raise `memory.worker`, or cut a node that takes longer than 13 minutes into two.",
    },
    SweeperErrors: {
      metric: sweeper.metricErrors(SUM),
      above: 2,
      text:
        "The sweeper fails: runs of dead workers, delayed runs and webhooks are not taken up. Read its log; the table or the rights of its role " +
        "have changed.",
    },
    Throttles: {
      metric: api.metricThrottles(SUM),
      above: 0,
      periods: [2, 3],
      text:
        "Requests were refused with 429: each open stream is one concurrent execution. Raise the account's quota of concurrent executions, or the " +
        "API's reserved concurrency.",
    },
    WorkerThrottles: {
      metric: worker.metricThrottles(SUM),
      above: 0,
      periods: [2, 3],
      text:
        "Runs wait because no concurrent execution is free: open streams and runs share the account's quota. Raise the quota of concurrent " +
        "executions, or cap the streams (`apiConcurrency`), so that they leave room for workers.",
    },
    WriteThrottles: {
      metric: throttled(server, "Write"),
      above: 0,
      periods: [2, 3],
      text:
        "The table or an index of it refused writes; they are repeated, and streams are late. Raise `requestUnits.write` if it is set; else one " +
        "thread is hot, or the table is new: it grows by itself within half an hour, or at once by `warmThroughput`.",
    },
    ReadThrottles: {
      metric: throttled(server, "Read"),
      above: 0,
      periods: [2, 3],
      text:
        "The table or an index of it refused reads; they are repeated, and streams are late. Raise `requestUnits.read` if it is set; else too " +
        "many clients watch one thread (about 300 is what a thread takes), or the table is new, which `warmThroughput` changes.",
    },
    Url5xx: {
      metric: server.restApi?.metricServerError(SUM) ?? api.metric("Url5xxCount", SUM),
      above: 5,
      text:
        "Requests were answered by 5xx. Read the API's log for `request failed` and for crashes; 503 says that the key of clients cannot be read " +
        "(Secrets Manager, or the role's right to it).",
    },
    Recoveries: {
      metric: own(server, "Recoveries", SUM),
      above: 20,
      text:
        "Many runs had to be sent again: workers die, or messages are lost. Nobody has lost a run. Look at the worker's Errors and memory, and " +
        "for `heartbeat was late` in its log: a node that blocks the event loop longer than 15 s loses its run.",
    },
  };
}
