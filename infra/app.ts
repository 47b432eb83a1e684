/**
 * The CDK app: one stack with one AgentServer for the project of `-c config=PATH`, by default the example. Must not define resources.
 *
 *     npx cdk deploy --parameters ApiKeySha256=$(printf %s "$KEY" | sha256sum | cut -d' ' -f1)
 */
import path from "node:path";
import { App, CfnParameter, Stack } from "aws-cdk-lib";
import { buildArtefact } from "../packaging/build-artefact.ts";
import { AgentServer } from "./agent-server.ts";

const app = new App();
const config: unknown = app.node.tryGetContext("config");
const auth: unknown = app.node.tryGetContext("auth");

const artefact = await buildArtefact({ config: path.resolve(typeof config === "string" ? config : "langgraph.json") });
const stack = new Stack(app, "Threadline", { description: "LangGraph Agent Server: Lambda, SQS, DynamoDB" });

/** Without a default: a deployment for which nobody chose a key, or none, fails before it is reachable. */
const keyParameter = (): string =>
  new CfnParameter(stack, "ApiKeySha256", {
    description: "SHA-256 of the key that clients send as x-api-key, in hexadecimal; several with commas",
    allowedPattern: "^[0-9a-f]{64}(,[0-9a-f]{64})*$",
    noEcho: true,
  }).valueAsString;

new AgentServer(stack, "AgentServer", { artefact, auth: auth === "none" ? "none" : { sha256: keyParameter() } });
