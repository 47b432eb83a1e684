/**
 * The CDK app: one stack with one AgentServer, for the project of `npx cdk deploy -c config=PATH` (default: the example). read-context.ts
 * lists the other options.
 */
import { Stack } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { AgentServer } from "./agent-server.ts";
import { readContext } from "./read-context.ts";
import { synthesise } from "./synthesise.ts";

synthesise((app) => {
  const { stack: name, topic, props } = readContext(app.node.getAllContext());
  const stack = new Stack(app, name, { description: "LangGraph Agent Server: Lambda, SQS, DynamoDB" });
  const alarmTopic = topic === undefined ? {} : { alarmTopic: Topic.fromTopicArn(stack, "AlarmTopic", topic) };
  new AgentServer(stack, "AgentServer", { ...props, ...alarmTopic });
});
