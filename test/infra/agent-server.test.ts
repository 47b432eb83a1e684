/** What the template says about what must hold together; the rest of it is CDK's business. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { INDEXES } from "../../functions/aws/table/table.ts";
import { VISIBILITY_S, WORKER_TIMEOUT_S } from "../../functions/core/run/execute/timings.ts";
import { API_TIMEOUT_S } from "../../functions/http/edge/timings.ts";
import { projectFolder, removeFolders, rightsOf, templateOf, variablesOf } from "./template-of.ts";

afterAll(removeFolders);

describe("the stack", () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  test("has three functions on Node 24 and arm64, and nothing that costs while idle", () => {
    const functions = Object.values(template.findResources("AWS::Lambda::Function"));

    expect(functions.map(({ Properties }) => String(Properties["Handler"])).toSorted()).toEqual([
      "api.handler",
      "sweeper.handler",
      "worker.handler",
    ]);
    template.allResourcesProperties("AWS::Lambda::Function", { Runtime: "nodejs24.x", Architectures: ["arm64"] });
    for (const type of ["AWS::EC2::VPC", "AWS::KMS::Key", "Custom::LogRetention", "AWS::CloudWatch::Dashboard"])
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

  test("A7: queue: a message outlives its invocation, then goes to the dead letters, which alarm", () => {
    const deadLetters = template.findResources("AWS::SQS::Queue", {
      Properties: { RedrivePolicy: Match.absent() },
    });

    expect(VISIBILITY_S).toBeGreaterThan(WORKER_TIMEOUT_S);
    template.hasResourceProperties("AWS::SQS::Queue", {
      VisibilityTimeout: VISIBILITY_S,
      RedrivePolicy: {
        maxReceiveCount: 5,
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

  test("URL: streams, with the permissions that it needs both, and leaves CORS to the function", () => {
    template.hasResourceProperties("AWS::Lambda::Url", {
      AuthType: "NONE",
      InvokeMode: "RESPONSE_STREAM",
      Cors: Match.absent(),
    });
    expect(Object.keys(variablesOf(template, "api.handler"))).not.toContain("THREADLINE_CORS");
    for (const permission of [
      { Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" },
      { Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true },
    ])
      template.hasResourceProperties("AWS::Lambda::Permission", { ...permission, Principal: "*" });
    template.hasResourceProperties("AWS::Lambda::Function", { Handler: "api.handler", Timeout: API_TIMEOUT_S });
  });

  test("sweeper: each minute", () => {
    template.hasResourceProperties("AWS::Scheduler::Schedule", { ScheduleExpression: "rate(1 minute)" });
  });

  test.each(["api.handler", "worker.handler", "sweeper.handler"])("%s is told where everything is", (Handler) => {
    const [table] = Object.keys(template.findResources("AWS::DynamoDB::GlobalTable"));

    template.hasResourceProperties("AWS::Lambda::Function", {
      Handler,
      Environment: {
        Variables: Match.objectLike({
          THREADLINE_TABLE_NAME: { Ref: table },
          THREADLINE_QUEUE_URL: Match.anyValue(),
          THREADLINE_PROJECT_DIR: "project",
          THREADLINE_AUTH: "key",
        }),
      },
      LoggingConfig: Match.objectLike({ LogFormat: "JSON" }),
    });
  });

  test("what a function may do: items of the table, one message, its log; the queue is the worker's, the secret the API's", () => {
    const items = ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];
    const common = [
      ...items.map((name) => `dynamodb:${name}`),
      "sqs:SendMessage",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ];
    const consumed = [
      "ReceiveMessage",
      "ChangeMessageVisibility",
      "GetQueueUrl",
      "DeleteMessage",
      "GetQueueAttributes",
    ];

    const [api, worker, sweeper] = ["api", "worker", "sweeper"].map((name) => [
      ...rightsOf(template, `${name}.handler`).keys(),
    ]);

    expect(api?.toSorted()).toEqual([...common, "secretsmanager:GetSecretValue"].toSorted());
    expect(worker?.toSorted()).toEqual([...common, ...consumed.map((name) => `sqs:${name}`)].toSorted());
    expect(sweeper?.toSorted()).toEqual(common.toSorted());
    expect(JSON.stringify(template.findResources("AWS::IAM::Policy"))).not.toMatch(/"Resource":"\*"|:\*"/);
  });

  test("an index may be queried by those that table.ts names, and by nobody else", () => {
    const rights = ["api", "worker", "sweeper"].map((name) => ({
      name,
      queried: JSON.stringify(rightsOf(template, `${name}.handler`).get("dynamodb:Query")),
    }));

    const readers = INDEXES.map((index) =>
      rights.filter(({ queried }) => queried.includes(`/index/${index.name}"`)).map(({ name }) => name),
    );

    expect(readers).toEqual(INDEXES.map(({ readBy }) => [...readBy]));
    expect(readers.flat()).not.toEqual([]);
  });

  test("the key is generated, read by the API alone, and printed by a command, not by an output", () => {
    const [secret] = Object.keys(template.findResources("AWS::SecretsManager::Secret"));

    template.hasResourceProperties("AWS::SecretsManager::Secret", {
      GenerateSecretString: { ExcludePunctuation: true, PasswordLength: 43 },
      SecretString: Match.absent(),
    });
    expect(variablesOf(template, "api.handler")["THREADLINE_API_KEY_SECRET_ARN"]).toEqual({ Ref: secret });
    for (const other of ["worker.handler", "sweeper.handler"])
      expect(Object.keys(variablesOf(template, other))).not.toContain("THREADLINE_API_KEY_SECRET_ARN");
    const outputs = Object.entries(template.findOutputs("*")).map(([name, { Value }]) => [name, JSON.stringify(Value)]);
    const valueOf = (part: string) => outputs.find(([name]) => name?.includes(part))?.[1];
    expect(valueOf("KeyCommand")).toContain("aws secretsmanager get-secret-value");
    expect(valueOf("Try")).toMatch(/curl -N .*runs\/stream .*x-api-key: \$\(aws secretsmanager/);
    expect(valueOf("Try")).toContain('\\"assistant_id\\":\\"chat\\"');
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

  template.resourceCountIs("AWS::SecretsManager::Secret", 0);
  template.hasResourceProperties("AWS::Lambda::Function", {
    Handler: "api.handler",
    Environment: {
      Variables: Match.objectLike({
        THREADLINE_AUTH: "none",
        THREADLINE_API_KEY_SHA256: Match.absent(),
        THREADLINE_API_KEY_SECRET_ARN: Match.absent(),
      }),
    },
  });
});

test("A2, A9: what may be chosen reaches the template", () => {
  const template = templateOf({
    cpu: "x64",
    memory: { api: 256, worker: 2048 },
    maxConcurrency: 7,
    retention: Duration.days(2),
    requestUnits: { read: 100, write: 50 },
    warmThroughput: { read: 20_000, write: 8_000 },
    pad: true,
    cors: { origins: ["https://app.example.com"] },
    errorDetail: "hide",
    logRetention: RetentionDays.THREE_DAYS,
    tracing: true,
  });

  template.allResourcesProperties("AWS::Lambda::Function", {
    Architectures: ["x86_64"],
    TracingConfig: { Mode: "Active" },
  });
  template.hasResourceProperties("AWS::Lambda::Function", { Handler: "worker.handler", MemorySize: 2048 });
  template.hasResourceProperties("AWS::Lambda::Function", { Handler: "api.handler", MemorySize: 256 });
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", { ScalingConfig: { MaximumConcurrency: 7 } });
  template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 3 });
  template.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
    WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 50 },
    Replicas: [Match.objectLike({ ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 100 } })],
  });
  template.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
    WarmThroughput: { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 8_000 },
  });
  expect(variablesOf(template, "api.handler")).toMatchObject({
    THREADLINE_STREAM_RETENTION_HOURS: "48",
    THREADLINE_ERROR_DETAIL: "hide",
    THREADLINE_STREAM_PAD: "on",
    THREADLINE_CORS_ALLOW_ORIGINS: "https://app.example.com",
  });
  expect(Object.keys(variablesOf(templateOf(), "api.handler"))).not.toContain("THREADLINE_STREAM_PAD");
});

test("as an image each function has its own command", () => {
  writeFileSync(join(projectFolder(), "Dockerfile"), "FROM scratch\n");

  const template = templateOf({ image: true });

  for (const name of ["api", "sweeper", "worker"])
    template.hasResourceProperties("AWS::Lambda::Function", {
      PackageType: "Image",
      ImageConfig: { Command: [`${name}.handler`] },
    });
});

test("N10: an origin that no page has ends the synth with the right form", () => {
  expect(() => templateOf({ cors: { origins: ["https://x.com/"] } })).toThrow(
    /^cors: https:\/\/x\.com\/ is not an origin; .*\(https:\/\/x\.com\?\)\.$/,
  );
});
