/** Changes of a stack for MiniStack, where that differs from AWS. */
import { ArnFormat, CliCredentialsStackSynthesizer, type IStackSynthesizer, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { AgentServer } from "../../infra/agent-server.ts";

/** It enforces what roles may do, but not all that a bootstrap's own roles need. The cast: CDK's types forget `undefined`. */
export const synthesizer = (): IStackSynthesizer => new CliCredentialsStackSynthesizer() as IStackSynthesizer;

export function fitToMiniStack(server: AgentServer): void {
  const stack = Stack.of(server);
  // A reference to a secret is its ARN on AWS, but its name in MiniStack, which the policy does not match: the grant is repeated by ARN.
  const arn = { service: "secretsmanager", resource: "secret", arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  server.api.addToRolePolicy(
    new PolicyStatement({
      actions: ["secretsmanager:GetSecretValue"],
      resources: [stack.formatArn({ ...arn, resourceName: `${stack.stackName}-*` })],
    }),
  );
  // MiniStack demands the right to read all parameters, AWS only that for the named ones.
  for (const reader of [server.api, server.worker])
    reader.addToRolePolicy(new PolicyStatement({ actions: ["ssm:GetParameters"], resources: ["*"] }));
  // It takes every body for text.
  server.api.addEnvironment("THREADLINE_COMPRESS", "off");
  // It has no TLS, without which the queues refuse every call.
  for (const queue of [server.queue, server.deadLetters]) queue.node.tryRemoveChild("Policy");
  // It knows no alarms on expressions.
  for (const name of ["RunErrors", "WriteThrottles", "ReadThrottles"]) server.node.tryRemoveChild(`${name}Alarm`);
}
