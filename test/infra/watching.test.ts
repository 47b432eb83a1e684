/** Alarms and dashboard: they watch what the functions publish, and say what to do. */
import { Topic } from "aws-cdk-lib/aws-sns";
import { PRICES } from "../../cost/prices.ts";
import { usualUse } from "../../cost/read-arguments.ts";
import { METRICS } from "../../functions/core/metrics/metric-names.ts";
import { removeFolders, templateOf, testStack, variablesOf } from "./template-of.ts";

afterAll(removeFolders);

describe("alarms", () => {
  const ALARMS = [
    "DeadLetters",
    "QueueAge",
    "ReadThrottles",
    "Recoveries",
    "RunErrors",
    "SweeperErrors",
    "Throttles",
    "Url5xx",
    "WorkerErrors",
    "WorkerThrottles",
    "WriteThrottles",
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

  test("A1: ring when runs find no concurrency, apart from streams that find none", () => {
    const template = templateOf();

    const throttles = Object.values(
      template.findResources("AWS::CloudWatch::Alarm", { Properties: { MetricName: "Throttles", Threshold: 0 } }),
    ).map(({ Properties }) => [
      Properties["Dimensions"][0].Value.Ref.replace(/[0-9A-F]{8}$/, ""),
      /open streams and runs share/.test(Properties["AlarmDescription"]),
    ]);

    expect(Object.fromEntries(throttles)).toEqual({ AgentServerApi: false, AgentServerWorker: true });
  });

  test.each(["Read", "Write"])("A4: see what the table refuses and what an index does: %s", (what) => {
    const template = templateOf();

    const [alarm] = Object.entries(template.findResources("AWS::CloudWatch::Alarm"))
      .filter(([id]) => id.startsWith(`AgentServer${what}Throttles`))
      .map(([, { Properties }]) => Properties);

    // Without a schema a query takes the metric with any dimensions beside the table's name: indexes publish under their own.
    const [table] = Object.keys(template.findResources("AWS::DynamoDB::GlobalTable"));
    const query = `SELECT SUM(${what}ThrottleEvents) FROM "AWS/DynamoDB" WHERE TableName = '`;
    expect(alarm?.["Metrics"]).toEqual([
      expect.objectContaining({ Expression: { "Fn::Join": ["", [query, { Ref: table }, "'"]] }, ReturnData: true }),
    ]);
    expect(alarm?.["Threshold"]).toBe(0);
  });

  test("A7: say of dead letters that throttles make them, too", () => {
    const alarms = templateOf().findResources("AWS::CloudWatch::Alarm", {
      Properties: { MetricName: "ApproximateNumberOfMessagesVisible" },
    });

    expect(Object.values(alarms).map(({ Properties }) => Properties["AlarmDescription"])).toEqual([
      expect.stringMatching(/delivered 5 times .*Throttles first/),
    ]);
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
    Object.keys(METRICS).filter((name) => !body.includes(`"Threadline","${name}","Server","Test-AgentServer"`)),
  ).toEqual([]);
  expect(variablesOf(template, "worker.handler")["THREADLINE_METRICS_SERVER"]).toBe("Test-AgentServer");
});
