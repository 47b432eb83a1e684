/** One of the three functions with its log group and its role, which at first may only write that log. */
import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Alias,
  Function as LambdaFunction,
  type IFunction,
  type IVersion,
  LoggingFormat,
  type RecursiveLoop,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { AgentServerProps } from "./agent-server-props.ts";
import type { ProjectCode } from "./project-code.ts";

/** What Lambda itself does in a VPC in the function's name, when it is made. EC2 lets none of it be bound to a resource beforehand. */
const NETWORK = new PolicyDocument({
  statements: [
    new PolicyStatement({
      actions: [
        "CreateNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
      ].map((action) => `ec2:${action}`),
      resources: ["*"],
    }),
  ],
});

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
    ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
  });
  // The managed policy for logs allows every log of the account.
  const { vpc, subnets, securityGroups } = name === "api" && !props.apiInVpc ? {} : props;
  const role = new Role(scope, `${name}-role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    ...(vpc && { inlinePolicies: { Network: NETWORK } }),
  });
  logGroup.grantWrite(role);
  return new LambdaFunction(scope, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
    ...code.of(`${name}.handler`),
    architecture: code.architecture,
    role,
    timeout: Duration.seconds(timeout),
    memorySize: memory,
    environment,
    ...(vpc && { vpc }),
    ...(subnets && { vpcSubnets: subnets }),
    ...(securityGroups && { securityGroups: [...securityGroups] }),
    ...(name !== "sweeper" &&
      props.tmp?.[name] !== undefined && { ephemeralStorageSize: Size.mebibytes(props.tmp[name]) }),
    loggingFormat: LoggingFormat.JSON,
    logGroup,
    tracing: props.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    ...(recursiveLoop === undefined ? {} : { recursiveLoop }),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
  });
}

/** Environments that wait are those of a version, which callers reach by its alias. */
export function keptWarm(target: LambdaFunction, count: number | undefined): IFunction {
  if (count === undefined) return target;
  // The casts: CDK's types forget `undefined`.
  return new Alias(target, "Warm", {
    aliasName: "warm",
    version: target.currentVersion as IVersion,
    provisionedConcurrentExecutions: count,
  }) as IFunction;
}
