/**
 * The CDK app: one stack with one AgentServer for the project of `-c config=PATH`, by default the example. Its other switches are in
 * read-context.ts. Must not define resources.
 *
 *     npx cdk deploy -c config=../app/langgraph.json
 */
import { App, Stack } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { ConfigError } from "../packaging/read-config.ts";
import { AgentServer } from "./agent-server.ts";
import { readContext } from "./read-context.ts";
import { SynthError } from "./synth-error.ts";

try {
  // Not by itself at the end: after an error nothing half-made must be written.
  const app = new App({ autoSynth: false });
  const { stack: name, topic, props } = readContext(app.node.getAllContext() as Record<string, unknown>);
  const stack = new Stack(app, name, { description: "LangGraph Agent Server: Lambda, SQS, DynamoDB" });
  const alarmTopic = topic === undefined ? {} : { alarmTopic: Topic.fromTopicArn(stack, "AlarmTopic", topic) };
  new AgentServer(stack, "AgentServer", { ...props, ...alarmTopic });
  app.synth();
} catch (error) {
  const known = error instanceof SynthError || error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
