/** From the environment to the cap of open streams per client key; undefined if no key can have one. */
import { createConcurrencyPermits } from "../aws/concurrency/concurrency-permits.ts";
import type { Env } from "../aws/env.ts";
import { createTableClient } from "../aws/table/clients.ts";
import type { Clock, Ids } from "../core/ports.ts";
import type { StreamCap } from "../http/server/cap-streams.ts";

export function streamCap(env: Env, { clock, ids }: { clock: Clock; ids: Ids }): StreamCap | undefined {
  const { streamsPerKey: most, table, auth } = env;
  // Those with names may have caps of their own, which a secret may bring later.
  const named = auth.kind === "key" && (auth.secretArn !== undefined || auth.named !== undefined);
  if (most === undefined && !named) return undefined;
  return { permits: createConcurrencyPermits({ client: createTableClient(env), table, clock, ids }), most };
}
