/**
 * The port ConcurrencyPermits on DynamoDB: one item per permit, one partition per key, two writes and a read per response. If the function
 * dies, its permit is free again when its lease is over.
 */
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { ConcurrencyPermit, ConcurrencyPermits } from "../../core/concurrency/concurrency-permits.ts";
import type { Clock, Ids } from "../../core/ports.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { latestPermit, permitHeldBy, permitIsFree } from "../table/conditions.ts";
import { ttlAt } from "../table/expiry.ts";
import { queryAll, type Table } from "../table/item-batches.ts";
import { type Key, permitKey, permitsKey } from "../table/keys.ts";
import { PERMIT_LEASE } from "../table/limits.ts";
import { conditional } from "../table/update-expression.ts";

export interface ConcurrencyPermitsOptions extends Pick<Table, "client" | "table"> {
  clock: Clock;
  ids: Pick<Ids, "nonce">;
}

/** As `permitIsFree` has it. */
const isHeld = (until: number, now: number): boolean => until > now && until <= latestPermit(now);

export function createConcurrencyPermits({
  client,
  table: TableName,
  clock,
  ids,
}: ConcurrencyPermitsOptions): ConcurrencyPermits {
  const heldOf = async (key: string, now: number): Promise<Set<string>> => {
    const permits = await queryAll({ client, table: TableName, clock }, { pk: permitsKey(key), prefix: "" });
    return new Set(permits.filter(({ until }) => isHeld(Number(until), now)).map(({ sk }) => sk));
  };
  const release = async (Key: Key, owner: string): Promise<void> => {
    const command = new DeleteCommand({ TableName, Key, ...conditional(permitHeldBy(owner)) });
    await attemptWrite(clock, () => client.send(command)).catch(() => undefined);
  };

  return {
    async take(key, most): Promise<ConcurrencyPermit | undefined> {
      // A permit lost to another process is held now, so each round has fewer to choose from.
      for (;;) {
        const now = clock.now();
        const held = await heldOf(key, now);
        const permits = Array.from({ length: most }, (_, number) => permitKey(key, number));
        const free = permits.filter(({ sk }) => !held.has(sk));
        const Key = free[Math.floor(clock.jitter() * free.length)];
        if (!Key) return undefined;
        const owner = ids.nonce();
        const until = now + PERMIT_LEASE;
        const Item = { ...Key, owner, until, ttl: ttlAt(until) };
        const command = new PutCommand({ TableName, Item, ...conditional(permitIsFree(now, owner)) });
        if ((await attemptWrite(clock, () => client.send(command))).kind === "ok")
          return { release: () => release(Key, owner) };
      }
    },
  };
}
