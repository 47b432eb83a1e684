/** cdk-nag's packs for serverless applications find nothing that has no reason beside it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import type { AgentServerProps } from "../../infra/agent-server-props.ts";
import { AgentServer } from "../../infra/agent-server.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-nag-"));
  mkdirSync(join(folder, "artefact"));
  writeFileSync(join(folder, "langgraph.json"), '{ "graphs": {} }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @throws ValidationFailed for findings that nobody has acknowledged */
function check(define: (stack: Stack) => Partial<AgentServerProps>): void {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
  const stack = new Stack(app, "Test");
  const config = join(folder, "langgraph.json");
  new AgentServer(stack, "AgentServer", {
    config,
    artefact: { folder: join(folder, "artefact"), warnings: [] },
    ...define(stack),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  const before = process.exitCode;
  try {
    app.synth();
  } finally {
    process.exitCode = before;
  }
}

const choose = (stack: Stack): Partial<AgentServerProps> => ({
  auth: "iam",
  tracing: true,
  dashboard: true,
  apiConcurrency: 5,
  budget: { usd: 50, email: "me@example.com" },
  webhookSecret: "generated",
  alarmTopic: Topic.fromTopicArn(stack, "Topic", "arn:aws:sns:eu-west-1:000000000000:alarms"),
  environment: { MODEL_KEY: "secretsmanager:models#openai", OTHER_KEY: "ssm:/models/other" },
});

const open = (stack: Stack): Partial<AgentServerProps> => {
  new Queue(stack, "Open");
  return {};
};

const VPC = {
  vpcId: "vpc-0123456789abcdef0",
  availabilityZones: ["eu-west-1a"],
  privateSubnetIds: ["subnet-0123456789abcdef0"],
};
const inFront = (stack: Stack): Partial<AgentServerProps> => ({
  endpoint: "rest-api",
  originSecret: "generated",
  tracing: true,
  vpc: Vpc.fromVpcAttributes(stack, "Vpc", VPC),
});

describe("cdk-nag", () => {
  test("has nothing to say of the default", () => {
    expect(() => check(() => ({}))).not.toThrow();
  });

  test("nor of what may be chosen", () => {
    expect(() => check(choose)).not.toThrow();
  });

  test("nor of a REST API, and workers in a network", () => {
    expect(() => check(inFront)).not.toThrow();
  });

  test("would say it", () => {
    expect(() => check(open)).toThrow(/AwsSolutions-SQS4/);
  });
});
