/** A budget of AWS Budgets that warns before the bill comes. It is free of charge. */
import { Annotations, Stack } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { AgentServerProps } from "./agent-server-props.ts";
import { SynthError } from "./synth-error.ts";

/**
 * Covers the whole account: AWS knows the costs of one stack only where cost allocation tags are activated.
 * @throws SynthError if nobody would be notified
 */
export function createBudget(
  scope: Construct,
  { usd, email }: NonNullable<AgentServerProps["budget"]>,
  topic: ITopic | undefined,
): CfnBudget {
  if (email === undefined && topic === undefined)
    throw new SynthError("budget: somebody has to be notified; give an e-mail address or a topic of alarms.");
  const subscribers = [
    ...(email === undefined ? [] : [{ subscriptionType: "EMAIL", address: email }]),
    ...(topic === undefined ? [] : [{ subscriptionType: "SNS", address: topic.topicArn }]),
  ];
  if (topic) allowBudgets(scope, topic);
  return new CfnBudget(scope, "Budget", {
    budget: { budgetType: "COST", timeUnit: "MONTHLY", budgetLimit: { amount: usd, unit: "USD" } },
    notificationsWithSubscribers: ["ACTUAL", "FORECASTED"].map((notificationType) => ({
      notification: { notificationType, comparisonOperator: "GREATER_THAN", threshold: 100 },
      subscribers,
    })),
  });
}

/** Allows AWS Budgets to publish to the topic. The policy of an imported topic cannot be changed here: a warning says so. */
function allowBudgets(scope: Construct, topic: ITopic): void {
  const { statementAdded } = topic.addToResourcePolicy(
    new PolicyStatement({
      actions: ["sns:Publish"],
      principals: [new ServicePrincipal("budgets.amazonaws.com")],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  );
  if (!statementAdded)
    Annotations.of(scope).addWarningV2(
      "threadline:budget-topic",
      "The topic's own policy must let budgets.amazonaws.com publish (sns:Publish), or the budget notifies nobody.",
    );
}
