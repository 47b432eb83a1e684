/** What functions may do with a KMS key of the owner's, under which table, queues, logs and secrets are. */
import { Stack } from "aws-cdk-lib";
import { Grant, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";

/** DynamoDB and SQS use the key in the name of whoever calls them. */
const USES = ["Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "ReEncryptFrom", "ReEncryptTo"];

/** A key from elsewhere needs the same in its own policy: CDK cannot add to it. */
export const useKey = (key: IKey, grantee: IFunction): Grant =>
  Grant.addToPrincipalOrResource({
    grantee,
    actions: USES.map((use) => `kms:${use}`),
    resourceArns: [key.keyArn],
    resource: key,
    resourceSelfArns: ["*"],
  });

/** CloudWatch Logs writes by itself, for log groups of this account and region. */
export function letLogsUse(key: IKey): void {
  const { region, account, partition } = Stack.of(key);
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      resources: ["*"],
      conditions: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
  );
}
