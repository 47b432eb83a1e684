/** A stack with a server for the project of `-c config=PATH`, and the chat before it: `npx cdk deploy --app "node examples/chat/infra/app.ts"`. */
import { fileURLToPath } from "node:url";
import { CfnOutput, Stack } from "aws-cdk-lib";
import { AgentServer } from "../../../infra/agent-server.ts";
import { readContext } from "../../../infra/read-context.ts";
import { SynthError } from "../../../infra/synth-error.ts";
import { synthesise } from "../../../infra/synthesise.ts";
import { ChatSite } from "./chat-site.ts";

const PAGES = fileURLToPath(new URL("../dist", import.meta.url));

synthesise((app) => {
  const { "key-version": keyVersion, ...context } = app.node.getAllContext() as Record<string, unknown>;
  const { stack: name, props } = readContext(context);
  const stack = new Stack(app, name, { description: "LangGraph Agent Server, with a chat before it" });
  const { functionUrl, key } = new AgentServer(stack, "AgentServer", props);
  if (!functionUrl || !key) throw new SynthError("The chat needs a Function URL and the generated key.");
  const site = new ChatSite(stack, "Chat", {
    pages: PAGES,
    functionUrl,
    key,
    keyVersion: typeof keyVersion === "string" ? keyVersion : undefined,
  });
  new CfnOutput(stack, "ChatUrl", { value: `https://${site.distribution.distributionDomainName}` });
});
