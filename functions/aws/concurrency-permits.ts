/**
 * Places for open answers, one item each, in a partition for each key: two writes and a read per answer. A place whose function died is
 * free again when its lease is over. Must not decide what is refused.
 */
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { StreamPlace, StreamPlaces } from "../core/concurrency-permits.ts";
import type { Clock, Ids } from "../core/ports.ts";
import { attemptWrite } from "./table/attempt-write.ts";
import { latestPlace, placeHeldBy, placeIsFree } from "./table/conditions.ts";
import { ttlAt } from "./table/expiry.ts";
import { queryAll, type Table } from "./table/item-batches.ts";
import { type Key, placeKey, placesKey } from "./table/keys.ts";
import { STREAM_PLACE_LEASE } from "./table/limits.ts";
import { conditional } from "./table/update-expression.ts";

export interface StreamPlacesOptions extends Pick<Table, "client" | "table"> {
  clock: Pick<Clock, "now">;
  ids: Pick<Ids, "nonce" | "jitter">;
}

/** As `placeIsFree` has it. */
const isHeld = (until: number, now: number): boolean => until > now && until <= latestPlace(now);

export function createStreamPlaces({ client, table: TableName, clock, ids }: StreamPlacesOptions): StreamPlaces {
  const heldOf = async (key: string, now: number): Promise<Set<string>> => {
    const places = await queryAll({ client, table: TableName, clock }, { pk: placesKey(key), prefix: "" });
    return new Set(places.filter(({ until }) => isHeld(Number(until), now)).map(({ sk }) => sk));
  };
  const release = async (Key: Key, owner: string): Promise<void> => {
    const command = new DeleteCommand({ TableName, Key, ...conditional(placeHeldBy(owner)) });
    await attemptWrite(() => client.send(command)).catch(() => undefined);
  };

  return {
    async take(key, most): Promise<StreamPlace | undefined> {
      // A place lost to another is held now: each round has fewer to choose from.
      for (;;) {
        const now = clock.now();
        const held = await heldOf(key, now);
        const places = Array.from({ length: most }, (_, number) => placeKey(key, number));
        const free = places.filter(({ sk }) => !held.has(sk));
        const Key = free[Math.floor(ids.jitter() * free.length)];
        if (!Key) return undefined;
        const owner = ids.nonce();
        const until = now + STREAM_PLACE_LEASE;
        const Item = { ...Key, owner, until, ttl: ttlAt(until) };
        const command = new PutCommand({ TableName, Item, ...conditional(placeIsFree(now, owner)) });
        if ((await attemptWrite(() => client.send(command))).kind === "ok")
          return { release: () => release(Key, owner) };
      }
    },
  };
}
