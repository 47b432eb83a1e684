/** From the environment to the signing secret of webhooks: a text, or a secret that is read when it is first needed. Must not log it. */
import type { Env } from "../aws/env.ts";
import type { Clock, Logger } from "../core/ports.ts";
import { createStoredKeys } from "./stored-keys.ts";

/** @returns undefined if webhooks are not signed; otherwise a function that rejects while the secret cannot be read */
export function webhookSecret(
  env: Env,
  { clock, logger }: { clock: Clock; logger: Logger },
): (() => Promise<string>) | undefined {
  const { webhookSecret: secret } = env;
  if (secret === undefined) return undefined;
  if ("text" in secret) return () => Promise.resolve(secret.text);
  const { arn } = secret;
  const read = async (): Promise<string[]> => {
    // Their client is loaded where there is something to read.
    const [{ createSecretsClient }, { readWebhookSecret }] = await Promise.all([
      import("../aws/secrets/secret-clients.ts"),
      import("../aws/secrets/webhook-secret.ts"),
    ]);
    const client = createSecretsClient(env);
    try {
      return [await readWebhookSecret(client, arn)];
    } finally {
      client.destroy();
    }
  };
  const stored = createStoredKeys(read, { clock, logger, what: "the secret of webhooks" });
  return async () => (await stored.known())[0] ?? "";
}
