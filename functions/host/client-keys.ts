/** From the environment to the keys that open the API, and the secret of what is in front of it: hashes, and what secrets have. */
import type { Env } from "../aws/env.ts";
import type { Clock } from "../core/ports.ts";
import type { ClientKey } from "../protocol/client-key.ts";
import type { AuthSettings } from "../http/server/auth.ts";
import type { StoredKeys } from "../http/server/stored-keys.ts";
import type { Host } from "./backend.ts";
import { createStoredKeys } from "./stored-keys.ts";
import { withOwnKey } from "./own-server.ts";

export async function authSettings(env: Env, host: Host, clock: Clock): Promise<AuthSettings> {
  const auth = withOwnKey(env.auth, host.ownKey);
  const arn = auth.kind === "key" ? auth.secretArn : undefined;
  if (auth.kind === "none" || arn === undefined) return auth;
  return { ...auth, stored: await storedIn(arn, env, { host, clock }) };
}

/** @returns undefined if nothing has to be in front of the server */
export const originSecret = async (env: Env, host: Host, clock: Clock): Promise<StoredKeys<ClientKey> | undefined> =>
  env.originSecretArn === undefined
    ? undefined
    : storedIn(env.originSecretArn, env, { host, clock, what: "the secret of the origin" });

async function storedIn(
  arn: string,
  env: Env,
  { host, clock, what }: { host: Host; clock: Clock; what?: string },
): Promise<StoredKeys<ClientKey>> {
  // Their clients are loaded where there is something to read.
  const [{ createSecretsClient }, { readClientKeys }] = await Promise.all([
    import("../aws/secrets/secret-clients.ts"),
    import("../aws/secrets/client-keys.ts"),
  ]);
  const client = createSecretsClient(env);
  const named = what === undefined ? {} : { what };
  const stored = createStoredKeys(() => readClientKeys(client, arn), { clock, logger: host.logger, ...named });
  // Prefetched for the first request. While the keys cannot be read, requests are answered 503.
  await stored.known().catch(() => undefined);
  return stored;
}
