/** Alarms and dashboard: they watch what the functions publish, and say what to do. */
import { Topic } from "aws-cdk-lib/aws-sns";
import { PRICES } from "../../cost/prices.ts";
import { usualUse } from "../../cost/read-arguments.ts";
import { MEASURES } from "../../functions/core/measures.ts";
import { templateOf, testStack, variablesOf } from "./template-of.ts";

describe("alarms", () => {
  const ALARMS = [
    "ClockErrors",
    "DeadLetters",
    "QueueAge",
    "Recoveries",
    "RunErrors",
    "TableThrottles",
    "Throttles",
    "Url5xx",
    "WorkerErrors",
  ];

  test("say what to do, are quiet while nothing happens, and watch no more metrics than CloudWatch does for nothing", () => {
    const alarms = Object.entries(templateOf().findResources("AWS::CloudWatch::Alarm"));

    const names = alarms.map(([id]) => /^AgentServer(\w+)Alarm/.exec(id)?.[1] ?? id);
    const metrics = alarms.flatMap(([, { Properties }]) =>
      ((Properties["Metrics"] ?? [{ MetricStat: {} }]) as object[]).filter((one) => "MetricStat" in one),
    );
    expect(names.toSorted()).toEqual(ALARMS);
    expect(metrics).toHaveLength(usualUse().alarms);
    expect(metrics.length).toBeLessThanOrEqual(PRICES.alarms.free);
    for (const [, { Properties }] of alarms) {
      expect(Properties["AlarmDescription"]).toMatch(/\. (Read|Search|Look|Compare|Raise|Nobody|Their)/);
      expect(Properties["TreatMissingData"]).toBe("notBreaching");
      expect(Properties["AlarmActions"]).toBeUndefined();
    }
  });

  test("tell a topic, also of their end", () => {
    const stack = testStack();
    const alarmTopic = new Topic(stack, "Topic");

    const alarms = Object.values(templateOf({ alarmTopic }, stack).findResources("AWS::CloudWatch::Alarm"));

    expect(alarms.map(({ Properties }) => [Properties["AlarmActions"].length, Properties["OKActions"].length])).toEqual(
      alarms.map(() => [1, 1]),
    );
  });
});

test("the dashboard shows every measure of ours, by the name that the functions publish it under", () => {
  const template = templateOf({ dashboard: true });

  const [dashboard] = Object.values(template.findResources("AWS::CloudWatch::Dashboard"));
  const body = JSON.stringify(dashboard?.["Properties"]["DashboardBody"]).replaceAll("\\", "");
  expect(
    Object.keys(MEASURES).filter((name) => !body.includes(`"Threadline","${name}","Server","Test-AgentServer"`)),
  ).toEqual([]);
  expect(variablesOf(template, "worker.handler")["METRICS_SERVER"]).toBe("Test-AgentServer");
});
