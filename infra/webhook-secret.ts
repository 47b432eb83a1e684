/** The secret that signs webhooks. Its ARN is deployed, never its text. */
import { RemovalPolicy } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { OwnSecret } from "./agent-server-props.ts";

/** Length of a generated secret: 62^43 is more than 2^256. */
export const SECRET_LENGTH = 43;

/** @returns the secret if it is made here */
export function signWebhooks(
  scope: Construct,
  given: "generated" | OwnSecret,
  senders: readonly LambdaFunction[],
): Secret | undefined {
  const made = given === "generated" ? generate(scope) : undefined;
  for (const grantee of senders) {
    if (made) {
      const resourceArns = [made.secretArn];
      Grant.addToPrincipal({ grantee, actions: ["secretsmanager:GetSecretValue"], resourceArns });
      grantee.addEnvironment("THREADLINE_WEBHOOK_SECRET_ARN", made.secretArn);
    } else if (given !== "generated") {
      // The secret's own grant covers its encryption key, and an ARN without the random suffix.
      given.grantRead(grantee);
      grantee.addEnvironment("THREADLINE_WEBHOOK_SECRET_ARN", given.secretArn);
    }
  }
  return made;
}

const generate = (scope: Construct): Secret =>
  new Secret(scope, "WebhookSecret", {
    description: "Signs this server's webhooks. Tell receivers of a new value first: it signs within five minutes.",
    generateSecretString: { excludePunctuation: true, passwordLength: SECRET_LENGTH },
    removalPolicy: RemovalPolicy.DESTROY,
  });
