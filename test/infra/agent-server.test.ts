/** What the template says about what must hold together; the rest of it is CDK's business. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { INDEXES } from "../../functions/aws/table.ts";
import { API_TIMEOUT_S, VISIBILITY_S, WORKER_TIMEOUT_S } from "../../functions/core/timings.ts";
import { CORS } from "../../functions/http/cors.ts";
import { AgentServer, type AgentServerProps } from "../../infra/agent-server.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-artefact-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HASH = "0".repeat(64);

function templateOf(props: Partial<AgentServerProps> = {}): Template {
  const stack = new Stack(new App(), "Test");
  new AgentServer(stack, "AgentServer", { artefact: { folder, warnings: [] }, auth: { sha256: HASH }, ...props });
  return Template.fromStack(stack);
}

describe("the stack", () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  test("has three functions on Node 24 and arm64, and nothing that costs while idle", () => {
    const functions = Object.values(template.findResources("AWS::Lambda::Function"));

    expect(functions.map(({ Properties }) => String(Properties["Handler"])).toSorted()).toEqual([
      "api.handler",
      "clock.handler",
      "worker.handler",
    ]);
    template.allResourcesProperties("AWS::Lambda::Function", { Runtime: "nodejs24.x", Architectures: ["arm64"] });
    for (const type of ["AWS::EC2::VPC", "AWS::SecretsManager::Secret", "AWS::KMS::Key", "Custom::LogRetention"])
      template.resourceCountIs(type, 0);
  });

  test("table: on demand, both keys, TTL, every index of table.ts as it is there", () => {
    template.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      GlobalSecondaryIndexes: INDEXES.map(({ name, partition, sort, projection }) =>
        Match.objectLike({
          IndexName: name,
          KeySchema: [
            { AttributeName: partition.name, KeyType: "HASH" },
            { AttributeName: sort.name, KeyType: "RANGE" },
          ],
          Projection:
            projection === "KEYS_ONLY"
              ? { ProjectionType: "KEYS_ONLY" }
              : { ProjectionType: "INCLUDE", NonKeyAttributes: projection.include },
        }),
      ),
    });
  });

  test("queue: a message outlives its invocation, then goes to the dead letters, which alarm", () => {
    const deadLetters = template.findResources("AWS::SQS::Queue", {
      Properties: { RedrivePolicy: Match.absent() },
    });

    expect(VISIBILITY_S).toBeGreaterThan(WORKER_TIMEOUT_S);
    template.hasResourceProperties("AWS::SQS::Queue", {
      VisibilityTimeout: VISIBILITY_S,
      RedrivePolicy: {
        maxReceiveCount: 3,
        deadLetterTargetArn: { "Fn::GetAtt": [Object.keys(deadLetters)[0], "Arn"] },
      },
    });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Threshold: 0,
      Dimensions: [Match.objectLike({ Name: "QueueName" })],
    });
  });

  test("worker: one message at a time, failures reported, its own loop allowed", () => {
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      Handler: "worker.handler",
      Timeout: WORKER_TIMEOUT_S,
      RecursiveLoop: "Allow",
    });
  });

  test("URL: streams, with the permissions that it needs both, and CORS as the app would answer it", () => {
    template.hasResourceProperties("AWS::Lambda::Url", {
      AuthType: "NONE",
      InvokeMode: "RESPONSE_STREAM",
      Cors: {
        AllowMethods: CORS.methods,
        AllowHeaders: CORS.requestHeaders,
        ExposeHeaders: CORS.responseHeaders,
        MaxAge: CORS.maxAgeSeconds,
      },
    });
    for (const permission of [
      { Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" },
      { Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true },
    ])
      template.hasResourceProperties("AWS::Lambda::Permission", { ...permission, Principal: "*" });
    template.hasResourceProperties("AWS::Lambda::Function", { Handler: "api.handler", Timeout: API_TIMEOUT_S });
  });

  test("CORS stays within what a Function URL takes", () => {
    expect(CORS.methods.length).toBeLessThanOrEqual(6);
    expect(CORS.methods.filter((method) => method.length > 6)).toEqual([]);
  });

  test("clock: each minute", () => {
    template.hasResourceProperties("AWS::Scheduler::Schedule", { ScheduleExpression: "rate(1 minute)" });
  });

  test.each(["api.handler", "worker.handler", "clock.handler"])("%s is told where everything is", (Handler) => {
    const [table] = Object.keys(template.findResources("AWS::DynamoDB::GlobalTable"));

    template.hasResourceProperties("AWS::Lambda::Function", {
      Handler,
      Environment: {
        Variables: {
          TABLE_NAME: { Ref: table },
          QUEUE_URL: Match.anyValue(),
          PROJECT_DIR: "/var/task/project",
          AUTH: "key",
          API_KEY_SHA256: HASH,
        },
      },
      LoggingConfig: Match.objectLike({ LogFormat: "JSON" }),
    });
  });

  test("no function may do more than read and write items, send, receive and log", () => {
    const policies = Object.values(template.findResources("AWS::IAM::Policy"));
    const actions = policies.flatMap(({ Properties }) =>
      (Properties["PolicyDocument"]["Statement"] as { Action: string | string[] }[]).flatMap(({ Action }) => Action),
    );
    const written = /^dynamodb:(Get|BatchGet|Put|Update|Delete|BatchWrite)Item$|^dynamodb:(Query|ConditionCheckItem)$/;
    const queued = /^sqs:(SendMessage|ReceiveMessage|DeleteMessage|ChangeMessageVisibility|GetQueue(Attributes|Url))$/;

    expect(actions.filter((action) => !written.test(action) && !queued.test(action))).toEqual([
      "lambda:InvokeFunction",
    ]);
    expect(JSON.stringify(policies)).not.toContain('"Resource":"*"');
  });
});

test("RETAIN keeps the table, protects it and copies it", () => {
  const template = templateOf({ removalPolicy: RemovalPolicy.RETAIN });

  template.hasResource("AWS::DynamoDB::GlobalTable", {
    DeletionPolicy: "Retain",
    Properties: {
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    },
  });
});

test("a server without key must be asked for by name", () => {
  const template = templateOf({ auth: "none" });

  template.hasResourceProperties("AWS::Lambda::Function", {
    Handler: "api.handler",
    Environment: { Variables: Match.objectLike({ AUTH: "none", API_KEY_SHA256: Match.absent() }) },
  });
});
