/** Changes of a stack for MiniStack, where that differs from AWS. */
import { ArnFormat, CliCredentialsStackSynthesizer, type IStackSynthesizer, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { AgentServer } from "../../infra/agent-server.ts";

/** It enforces what roles may do, but not all that a bootstrap's own roles need. The cast: CDK's types forget `undefined`. */
export const synthesizer = (): IStackSynthesizer => new CliCredentialsStackSynthesizer() as IStackSynthesizer;

export function fitToMiniStack(server: AgentServer): void {
  const stack = Stack.of(server);
  // On AWS the reference to a secret is its ARN, in MiniStack its name, which no policy means: the one grant by reference, once more.
  const arn = { service: "secretsmanager", resource: "secret", arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  server.api.addToRolePolicy(
    new PolicyStatement({
      actions: ["secretsmanager:GetSecretValue"],
      resources: [stack.formatArn({ ...arn, resourceName: `${stack.stackName}-*` })],
    }),
  );
  // It asks for the right to read all parameters, where AWS asks for those that are named.
  for (const reader of [server.api, server.worker])
    reader.addToRolePolicy(new PolicyStatement({ actions: ["ssm:GetParameters"], resources: ["*"] }));
  // It is spoken to without TLS, which the queues refuse to everybody.
  for (const queue of [server.queue, server.deadLetters]) queue.node.tryRemoveChild("Policy");
  // It knows no alarms on expressions.
  for (const name of ["RunErrors", "WriteThrottles", "ReadThrottles"]) server.node.tryRemoveChild(`${name}Alarm`);
}
