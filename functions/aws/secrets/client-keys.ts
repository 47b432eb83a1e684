/**
 * Client keys in Secrets Manager: the current one and the previous one, so that a key can be rotated without an outage. Must not keep, log
 * or return a key: only its hash leaves.
 */
import { hash } from "node:crypto";
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

/** Secrets Manager moves these stages when a new value is put. */
const STAGES = ["AWSCURRENT", "AWSPREVIOUS"];

/**
 * @param arn of a secret whose text is the key
 * @returns SHA-256 hashes in hexadecimal, one or two
 * @throws what the service answers if the current key cannot be read
 */
export async function readKeyHashes(client: SecretsManagerClient, arn: string): Promise<string[]> {
  const [current, previous] = await Promise.all(STAGES.map((stage) => readStage(client, arn, stage)));
  if (!current) throw new Error("the secret has no key");
  return previous ? [current, previous] : [current];
}

/** Undefined for a stage without a version, as before the first rotation. */
async function readStage(client: SecretsManagerClient, arn: string, stage: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }));
    return SecretString && hash("sha256", SecretString);
  } catch (error) {
    if (error instanceof ResourceNotFoundException && stage !== STAGES[0]) return undefined;
    throw error;
  }
}
