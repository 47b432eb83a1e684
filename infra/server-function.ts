/** One of the three functions with its log group and its role, which at first may only write that log. */
import { Duration } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Function as LambdaFunction, LoggingFormat, type RecursiveLoop, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { RemovalPolicy } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { AgentServerProps } from "./agent-server-props.ts";
import type { ProjectCode } from "./project-code.ts";

export interface ServerFunctionOptions {
  name: "api" | "worker" | "sweeper";
  /** s */
  timeout: number;
  /** MB */
  memory: number;
  environment: Record<string, string>;
  recursiveLoop?: RecursiveLoop;
  reservedConcurrency?: number | undefined;
}

export function serverFunction(
  scope: Construct,
  code: ProjectCode,
  props: AgentServerProps,
  { name, timeout, memory, environment, recursiveLoop, reservedConcurrency }: ServerFunctionOptions,
): LambdaFunction {
  const logGroup = new LogGroup(scope, `${name}-log`, {
    retention: props.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // The managed policy for logs allows every log of the account.
  const role = new Role(scope, `${name}-role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  logGroup.grantWrite(role);
  return new LambdaFunction(scope, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
    ...code.of(`${name}.handler`),
    architecture: code.architecture,
    role,
    timeout: Duration.seconds(timeout),
    memorySize: memory,
    environment,
    loggingFormat: LoggingFormat.JSON,
    logGroup,
    tracing: props.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    ...(recursiveLoop === undefined ? {} : { recursiveLoop }),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
  });
}
