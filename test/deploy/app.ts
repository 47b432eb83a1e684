/**
 * The CDK app of the deployment test: the construct in a stack of the caller's own. `-c deny=ACTION` takes one right from the worker, to
 * see that it is needed.
 */
import path from "node:path";
import { App, ArnFormat, CliCredentialsStackSynthesizer, type IStackSynthesizer, Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { AgentServer } from "../../infra/agent-server.ts";

const app = new App();
const given = (name: string): string => {
  const value: unknown = app.node.tryGetContext(name);
  if (typeof value !== "string") throw new Error(`-c ${name}=… is missing`);
  return value;
};

// MiniStack enforces what roles may do, but not all that a bootstrap's own roles need. The cast: CDK's types forget `undefined`.
const synthesizer = new CliCredentialsStackSynthesizer() as IStackSynthesizer;
const stack = new Stack(app, "Deployed", { synthesizer });
const server = new AgentServer(stack, "Server", {
  config: path.resolve(given("config")),
  artefact: { folder: given("artefact"), warnings: [] },
  memory: { worker: Number(given("memory")) },
  streamsPerKey: 100,
});

// On AWS the reference to a secret is its ARN, in MiniStack its name, which no policy means: the one grant by reference, once more.
const arn = { service: "secretsmanager", resource: "secret", arnFormat: ArnFormat.COLON_RESOURCE_NAME };
server.api.addToRolePolicy(
  new PolicyStatement({
    actions: ["secretsmanager:GetSecretValue"],
    resources: [stack.formatArn({ ...arn, resourceName: "Deployed-*" })],
  }),
);
// It asks for the right to read all parameters, where AWS asks for those that are named.
for (const reader of [server.api, server.worker])
  reader.addToRolePolicy(new PolicyStatement({ actions: ["ssm:GetParameters"], resources: ["*"] }));
// MiniStack is spoken to without TLS, which the queues refuse to everybody.
for (const queue of [server.queue, server.deadLetters]) queue.node.tryRemoveChild("Policy");
// MiniStack knows no alarms on expressions.
for (const name of ["RunErrors", "WriteThrottles", "ReadThrottles"]) server.node.tryRemoveChild(`${name}Alarm`);

const denied: unknown = app.node.tryGetContext("deny");
if (typeof denied === "string")
  server.worker.addToRolePolicy(new PolicyStatement({ effect: Effect.DENY, actions: [denied], resources: ["*"] }));
