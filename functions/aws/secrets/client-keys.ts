/**
 * Client keys in Secrets Manager. A text that is no JSON object is a key: the current one and the previous one, so that it can be rotated
 * without an outage. Otherwise it has the hashes of keys with names. Must not keep, log or return a key: only hashes leave.
 */
import { hash } from "node:crypto";
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { type ClientKey, clientKeysOf, NAMED_KEYS_FORM, NamedKeys } from "../../protocol/client-key.ts";

/** Secrets Manager moves these stages when a new value is put. */
const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/**
 * Of keys with names the current version counts alone, so that one that is taken out of it is refused.
 * @throws what the service answers if the current version cannot be read, or Error if it has neither a key nor named ones
 */
export async function readClientKeys(client: SecretsManagerClient, arn: string): Promise<ClientKey[]> {
  const [current, previous] = await Promise.all([CURRENT, PREVIOUS].map((stage) => readStage(client, arn, stage)));
  if (!current) throw new Error("the secret has no key");
  if (current.trimStart().startsWith("{")) return clientKeysOf(namedKeys(current));
  return [current, ...(previous ? [previous] : [])].map((key) => ({ sha256: hash("sha256", key) }));
}

/** Without the parser's own message, which quotes the text. */
function namedKeys(text: string): NamedKeys {
  try {
    return NamedKeys.parse(JSON.parse(text));
  } catch {
    throw new Error(`the secret is not ${NAMED_KEYS_FORM}`);
  }
}

/** Undefined for a stage without a version, as before the first rotation. */
async function readStage(client: SecretsManagerClient, arn: string, stage: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }));
    return SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException && stage !== CURRENT) return undefined;
    throw error;
  }
}
