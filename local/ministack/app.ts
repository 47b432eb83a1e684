/** The CDK app of `npm run deploy:local`: our own app's stack, fitted to MiniStack. Must not know where that is. */
import { App, Stack } from "aws-cdk-lib";
import { AgentServer } from "../../infra/agent-server.ts";
import { readContext } from "../../infra/read-context.ts";
import { SynthError } from "../../infra/synth-error.ts";
import { ConfigError } from "../../packaging/read-config.ts";
import { fitToMiniStack, synthesizer } from "./fit.ts";

try {
  const app = new App({ autoSynth: false });
  const { stack: name, props } = readContext(app.node.getAllContext() as Record<string, unknown>);
  const stack = new Stack(app, name, { synthesizer: synthesizer() });
  fitToMiniStack(new AgentServer(stack, "AgentServer", props));
  app.synth();
} catch (error) {
  const known = error instanceof SynthError || error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
