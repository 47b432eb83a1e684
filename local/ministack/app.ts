/** The CDK app of `npm run deploy:local`: the stack of our own app, adapted to MiniStack. */
import { Stack } from "aws-cdk-lib";
import { AgentServer } from "../../infra/agent-server.ts";
import { readContext } from "../../infra/read-context.ts";
import { synthesise } from "../../infra/synthesise.ts";
import { fitToMiniStack, synthesizer } from "./fit.ts";

synthesise((app) => {
  const { stack: name, props } = readContext(app.node.getAllContext());
  const stack = new Stack(app, name, { synthesizer: synthesizer() });
  fitToMiniStack(new AgentServer(stack, "AgentServer", props));
});
