/** Templates of the construct with all that may be chosen, for cfn-lint. */
import { fileURLToPath } from "node:url";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { AgentServerProps } from "../../infra/agent-server-props.ts";
import { AgentServer } from "../../infra/agent-server.ts";

/** Its store has vectors. */
const STORE = fileURLToPath(new URL("../fixtures/store/langgraph.json", import.meta.url));
const CHOICES: Record<string, Partial<AgentServerProps>> = {
  Default: {},
  Guarded: {
    auth: "iam",
    removalPolicy: RemovalPolicy.RETAIN,
    maxConcurrency: 10,
    requestUnits: { read: 1_000, write: 1_000 },
    dashboard: true,
    tracing: true,
    errorDetail: "hide",
    apiConcurrency: 20,
    budget: { usd: 50, email: "me@example.com" },
    webhookSecret: "generated",
  },
  Hashed: { auth: { sha256: "0".repeat(64) }, cpu: "x64", cors: { origins: ["https://app.example.com"] } },
  Fronted: { endpoint: "rest-api", originSecret: "generated" },
  Indexed: { config: STORE, vectorIndex: true },
};

/** @returns paths of the templates */
export function synthesise(folder: string, props: Pick<AgentServerProps, "config" | "artefact">): string[] {
  const app = new App({ outdir: folder });
  for (const [name, chosen] of Object.entries(CHOICES)) {
    const stack = new Stack(app, name);
    new AgentServer(stack, "Server", { ...props, ...chosen, alarmTopic: new Topic(stack, "Alarms") });
  }
  return app.synth().stacks.map(({ templateFullPath }) => templateFullPath);
}
