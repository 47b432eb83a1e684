/** From the environment to the keys that open the API: hashes, and the keys of a secret. */
import type { Env } from "../aws/env.ts";
import type { Clock } from "../core/ports.ts";
import type { AuthSettings } from "../http/server/auth.ts";
import type { Host } from "./backend.ts";
import { createStoredKeys } from "./stored-keys.ts";
import { withOwnKey } from "./own-server.ts";

export async function authSettings(env: Env, host: Host, clock: Clock): Promise<AuthSettings> {
  const auth = withOwnKey(env.auth, host.ownKey);
  const arn = auth.kind === "key" ? auth.secretArn : undefined;
  if (auth.kind === "none" || arn === undefined) return auth;
  // Their clients are loaded where there is something to read.
  const [{ createSecretsClient }, { readClientKeys }] = await Promise.all([
    import("../aws/secrets/secret-clients.ts"),
    import("../aws/secrets/client-keys.ts"),
  ]);
  const client = createSecretsClient(env);
  const stored = createStoredKeys(() => readClientKeys(client, arn), { clock, logger: host.logger });
  // Prefetched for the first request. While the keys cannot be read, requests are answered 503.
  await stored.known().catch(() => undefined);
  return { ...auth, stored };
}
