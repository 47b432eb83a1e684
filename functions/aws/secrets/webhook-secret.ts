/** The signing secret of webhooks in Secrets Manager. Must not keep or log it. */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** @throws what the service answers, or Error for a secret without text */
export async function readWebhookSecret(client: SecretsManagerClient, arn: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (!SecretString) throw new Error("the secret has no text");
  return SecretString;
}
