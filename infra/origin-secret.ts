/** The secret that what is in front of the server sends with each request, and without which the API refuses. */
import { RemovalPolicy } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { OwnSecret } from "./agent-server-props.ts";
import { SECRET_LENGTH } from "./webhook-secret.ts";

/** @returns the secret if it is made here */
export function demandOriginSecret(
  scope: Construct,
  given: "generated" | OwnSecret,
  api: LambdaFunction,
): Secret | undefined {
  if (given !== "generated") {
    // The secret's own grant covers its encryption key, and an ARN without the random suffix.
    given.grantRead(api);
    api.addEnvironment("THREADLINE_ORIGIN_SECRET_ARN", given.secretArn);
    return undefined;
  }
  const secret = new Secret(scope, "OriginSecret", {
    description:
      "Sent as x-origin-secret by what is in front of this server. The version before this one is accepted, too.",
    generateSecretString: { excludePunctuation: true, passwordLength: SECRET_LENGTH },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  api.addEnvironment("THREADLINE_ORIGIN_SECRET_ARN", secret.secretArn);
  Grant.addToPrincipal({
    grantee: api,
    actions: ["secretsmanager:GetSecretValue"],
    resourceArns: [secret.secretArn],
  });
  return secret;
}
