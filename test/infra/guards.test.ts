/** What protects the owner: caps, a budget, a secret for webhooks. All is off unless it is asked for. */
import { Annotations, Match } from "aws-cdk-lib/assertions";
import { Key } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import { removeFolders, rightsOf, templateOf, testStack, variablesOf } from "./template-of.ts";

afterAll(removeFolders);

describe("guards against a bill", () => {
  test("are off unless they are asked for", () => {
    const template = templateOf();

    template.resourceCountIs("AWS::Budgets::Budget", 0);
    template.allResourcesProperties("AWS::Lambda::Function", { ReservedConcurrentExecutions: Match.absent() });
    template.allResourcesProperties("AWS::DynamoDB::GlobalTable", { WriteOnDemandThroughputSettings: Match.absent() });
  });

  test("streams are capped by the concurrency of the API, and of nothing else", () => {
    const template = templateOf({ apiConcurrency: 5 });

    const reserved = Object.values(template.findResources("AWS::Lambda::Function")).map(({ Properties }) => [
      Properties["Handler"],
      Properties["ReservedConcurrentExecutions"],
    ]);
    expect(Object.fromEntries(reserved)).toEqual({
      "api.handler": 5,
      "worker.handler": undefined,
      "sweeper.handler": undefined,
    });
  });

  test("cards of agents name the address that is in front of the API, if it is told", () => {
    const url = "https://agents.example.com";
    const [template, plain] = [templateOf({ publicUrl: url }), templateOf()];

    expect(variablesOf(template, "api.handler")["THREADLINE_PUBLIC_URL"]).toBe(url);
    expect(Object.keys(variablesOf(plain, "api.handler"))).not.toContain("THREADLINE_PUBLIC_URL");
  });

  test("streams are counted by key where the API is told how many, without another right", () => {
    const [template, plain] = [templateOf({ streamsPerKey: 3 }), templateOf()];

    expect(variablesOf(template, "api.handler")["THREADLINE_STREAMS_PER_KEY"]).toBe("3");
    expect(Object.keys(variablesOf(plain, "api.handler"))).not.toContain("THREADLINE_STREAMS_PER_KEY");
    expect([...rightsOf(template, "api.handler").keys()]).toEqual([...rightsOf(plain, "api.handler").keys()]);
  });

  test("runs are counted by caller where the functions that make them are told how many, without another right", () => {
    const [template, plain] = [templateOf({ runsPerKey: 3 }), templateOf()];

    for (const handler of ["api.handler", "worker.handler", "sweeper.handler"]) {
      expect(variablesOf(template, handler)["THREADLINE_RUNS_PER_KEY"]).toBe("3");
      expect(Object.keys(variablesOf(plain, handler))).not.toContain("THREADLINE_RUNS_PER_KEY");
      expect([...rightsOf(template, handler).keys()]).toEqual([...rightsOf(plain, handler).keys()]);
    }
  });

  test("the page /watch is there unless the API is told not to serve it", () => {
    const watchOf = (watch?: boolean): unknown =>
      variablesOf(templateOf(watch === undefined ? {} : { watch }), "api.handler")["THREADLINE_WATCH"];

    expect([watchOf(), watchOf(true), watchOf(false)]).toEqual([undefined, undefined, "off"]);
  });

  test("a budget tells the address and the topic, which lets it", () => {
    const stack = testStack();
    const alarmTopic = new Topic(stack, "Topic");

    const template = templateOf({ budget: { usd: 50, email: "me@example.com" }, alarmTopic }, stack);

    const [topic] = Object.keys(template.findResources("AWS::SNS::Topic"));
    template.hasResourceProperties("AWS::Budgets::Budget", {
      Budget: { BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: { Amount: 50, Unit: "USD" } },
      NotificationsWithSubscribers: ["ACTUAL", "FORECASTED"].map((NotificationType) => ({
        Notification: { NotificationType, ComparisonOperator: "GREATER_THAN", Threshold: 100 },
        Subscribers: [
          { SubscriptionType: "EMAIL", Address: "me@example.com" },
          { SubscriptionType: "SNS", Address: { Ref: topic } },
        ],
      })),
    });
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Action: "sns:Publish", Principal: { Service: "budgets.amazonaws.com" } }),
        ]),
      }),
    });
  });

  test("a budget that nobody would hear of ends the synth; of a topic from elsewhere it says what that needs", () => {
    const stack = testStack();
    const alarmTopic = Topic.fromTopicArn(stack, "Topic", "arn:aws:sns:eu-west-1:000000000000:alarms");

    templateOf({ budget: { usd: 50 }, alarmTopic }, stack);

    expect(() => templateOf({ budget: { usd: 50 } })).toThrow(/somebody has to be notified/);
    const [warning] = Annotations.fromStack(stack).findWarning("*", Match.stringLikeRegexp("budgets"));
    expect(warning?.entry.data).toMatch(/must let budgets.amazonaws.com publish/);
  });
});

describe("the secret of webhooks", () => {
  const senders = ["worker.handler", "sweeper.handler"];

  test("is generated and told by reference to those that send them, and to nobody else", () => {
    const template = templateOf({ auth: "none", webhookSecret: "generated" });

    const [secret] = Object.keys(template.findResources("AWS::SecretsManager::Secret"));
    template.allResourcesProperties("AWS::SecretsManager::Secret", { SecretString: Match.absent() });
    for (const handler of senders) {
      expect(variablesOf(template, handler)["THREADLINE_WEBHOOK_SECRET_ARN"]).toEqual({ Ref: secret });
      expect(rightsOf(template, handler).get("secretsmanager:GetSecretValue")).toEqual([{ Ref: secret }]);
    }
    expect(Object.keys(variablesOf(template, "api.handler"))).not.toContain("THREADLINE_WEBHOOK_SECRET_ARN");
    expect(rightsOf(template, "api.handler").has("secretsmanager:GetSecretValue")).toBe(false);
    expect(Object.keys(template.findOutputs("*")).some((name) => name.includes("WebhookSecretCommand"))).toBe(true);
  });

  test("may be one that is there, with its key", () => {
    const stack = testStack();
    const encryptionKey = new Key(stack, "Key");
    const webhookSecret = new Secret(stack, "Mine", { encryptionKey });

    const template = templateOf({ auth: "none", webhookSecret }, stack);

    template.resourceCountIs("AWS::SecretsManager::Secret", 1);
    for (const handler of senders) {
      expect(variablesOf(template, handler)["THREADLINE_WEBHOOK_SECRET_ARN"]).toEqual(
        stack.resolve(webhookSecret.secretArn),
      );
      const rights = rightsOf(template, handler);
      expect(rights.get("secretsmanager:GetSecretValue")).toEqual([stack.resolve(webhookSecret.secretArn)]);
    }
    expect(JSON.stringify(template.findResources("AWS::KMS::Key"))).toContain("kms:Decrypt");
  });

  test("is none by default", () => {
    expect(Object.keys(variablesOf(templateOf(), "worker.handler"))).not.toContain("THREADLINE_WEBHOOK_SECRET_ARN");
  });
});
