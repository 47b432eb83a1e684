/** From the environment to the cap of open streams per client key; undefined if the owner has set none. */
import { createConcurrencyPermits } from "../aws/concurrency/concurrency-permits.ts";
import type { Env } from "../aws/env.ts";
import { createTableClient } from "../aws/table/clients.ts";
import type { Clock, Ids } from "../core/ports.ts";
import type { StreamCap } from "../http/server/cap-streams.ts";

export function streamCap(env: Env, { clock, ids }: { clock: Clock; ids: Ids }): StreamCap | undefined {
  const { streamsPerKey: most, table } = env;
  if (most === undefined) return undefined;
  return { permits: createConcurrencyPermits({ client: createTableClient(env), table, clock, ids }), most };
}
