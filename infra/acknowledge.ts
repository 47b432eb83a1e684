/**
 * Findings of cdk-nag about the construct, each with the reason why it stays. Rules have the names of the AwsSolutions and Serverless
 * packs.
 */
import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { ServerParts } from "./server-parts.ts";

export function acknowledgeFindings(server: ServerParts, { tracing }: { tracing: boolean }): void {
  const { key, webhookSecret, deadLetters, worker, api, sweeper } = server;
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

function acknowledge(construct: IConstruct, pack: string, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
}
