/**
 * Findings of cdk-nag about the construct, each with the reason why it stays. Rules have the names of the AwsSolutions and Serverless
 * packs.
 */
import { Validations } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { IConstruct } from "constructs";
import type { AgentServerProps } from "./agent-server-props.ts";
import type { ServerParts } from "./server-parts.ts";

export function acknowledgeFindings(
  server: ServerParts,
  { tracing, vpc, apiInVpc }: Pick<AgentServerProps, "tracing" | "vpc" | "apiInVpc">,
): void {
  const { key, webhookSecret, originSecret, restApi, deadLetters, worker, api, sweeper } = server;
  if (key)
    acknowledge(
      key,
      "AwsSolutions",
      "SMG4",
      "Clients have to get a new key first: it is changed by hand, with two keys valid.",
    );
  if (webhookSecret)
    acknowledge(
      webhookSecret,
      "AwsSolutions",
      "SMG4",
      "Receivers have to get a new secret first: it is changed by hand.",
    );
  if (originSecret)
    acknowledge(
      originSecret,
      "AwsSolutions",
      "SMG4",
      "What is in front has to get a new secret first: it is changed by hand, with two valid.",
    );
  if (restApi) acknowledgeRestApi(restApi);
  acknowledge(deadLetters, "Serverless", "SQSRedrivePolicy", "It is the dead-letter queue itself.");
  acknowledge(api, "Serverless", "LambdaDLQ", "It is invoked by its URL alone, and answers to whoever asks.");
  acknowledge(
    worker,
    "Serverless",
    "LambdaDLQ",
    "It is invoked by the run queue alone, which has a dead-letter queue.",
  );
  acknowledge(sweeper, "Serverless", "LambdaDLQ", "What it has not done is due again in the next minute.");
  acknowledge(
    worker,
    "Serverless",
    "LambdaEventSourceMappingDestination",
    "Only streams have destinations; messages that fail go to the run queue's dead-letter queue.",
  );
  if (vpc)
    for (const { role } of apiInVpc ? [api, worker, sweeper] : [worker, sweeper]) {
      const reason = "EC2's actions for a function's network know no resources.";
      if (role) acknowledge(role, "AwsSolutions", "IAM5[Resource::*]", reason);
      if (role) acknowledge(role, "Serverless", "LambdaStarPermissions", reason);
    }
  for (const each of [api, worker, sweeper])
    if (!tracing)
      acknowledge(
        each,
        "Serverless",
        "LambdaTracing",
        "Traces cost by their number; the prop `tracing` turns them on.",
      );
    else if (each.role)
      acknowledge(each.role, "AwsSolutions", "IAM5[Resource::*]", "X-Ray's actions know no resources.");
}

function acknowledgeRestApi(restApi: RestApi): void {
  const { deploymentStage: stage } = restApi;
  acknowledge(
    restApi,
    "AwsSolutions",
    "APIG2",
    "The function checks requests, and says in words what is wrong with one.",
  );
  for (const method of restApi.methods) {
    acknowledge(method, "AwsSolutions", "APIG4", "The function checks keys, since the SDKs do not sign.");
    acknowledge(method, "AwsSolutions", "COG4", "The function checks keys, since the SDKs do not sign.");
  }
  const logged = "The function logs what happens; logs of API Gateway need a role that is the account's.";
  acknowledge(stage, "AwsSolutions", "APIG1", logged);
  acknowledge(stage, "AwsSolutions", "APIG6", logged);
  acknowledge(stage, "Serverless", "APIGWAccessLogging", logged);
  acknowledge(stage, "Serverless", "APIGWDefaultThrottling", "How many requests are right, a usage plan or WAF says.");
  acknowledge(stage, "AwsSolutions", "APIG3", "A web ACL has rules of the owner's: docs/deploy.md adds one.");
}

function acknowledge(construct: IConstruct, pack: string, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
}
