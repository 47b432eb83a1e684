/**
 * The CDK app of the deployment test: the construct in a stack of the caller's own. `-c deny=ACTION` takes one right from the worker, to
 * see that it is needed.
 */
import path from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { AgentServer } from "../../infra/agent-server.ts";
import { fitToMiniStack, synthesizer } from "../../local/ministack/fit.ts";

const app = new App();
const given = (name: string): string => {
  const value: unknown = app.node.tryGetContext(name);
  if (typeof value !== "string") throw new Error(`-c ${name}=… is missing`);
  return value;
};

const stack = new Stack(app, "Deployed", { synthesizer: synthesizer() });
const server = new AgentServer(stack, "Server", {
  config: path.resolve(given("config")),
  artefact: { folder: given("artefact"), warnings: [] },
  memory: { worker: Number(given("memory")) },
  streamsPerKey: 100,
  originSecret: "generated",
});

fitToMiniStack(server);

const denied: unknown = app.node.tryGetContext("deny");
if (typeof denied === "string")
  server.worker.addToRolePolicy(new PolicyStatement({ effect: Effect.DENY, actions: [denied], resources: ["*"] }));
