/**
 * Places for open answers as items of a partition by key: two writes and a read for each answer. Who dies with one loses it by its time.
 * Must not decide what is refused.
 */
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Clock, Ids } from "../core/ports.ts";
import type { StreamPlace, StreamPlaces } from "../core/stream-places.ts";
import { STREAM_PLACE_LEASE } from "../core/timings.ts";
import { attemptWrite } from "./attempt-write.ts";
import { placeHeldBy, placeIsFree } from "./conditions.ts";
import { ttlAt } from "./expiry.ts";
import { type Key, placeKey, placesKey } from "./keys.ts";
import { conditional } from "./update-expression.ts";

export interface StreamPlacesOptions {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, "now">;
  ids: Pick<Ids, "nonce" | "jitter">;
}

export function createStreamPlaces({ client, table: TableName, clock, ids }: StreamPlacesOptions): StreamPlaces {
  const heldOf = async (key: string, now: number): Promise<Set<string>> => {
    const held = new Set<string>();
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": placesKey(key) },
          ConsistentRead: true,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      );
      for (const { sk, until } of page.Items ?? []) if (Number(until) > now) held.add(String(sk));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return held;
  };
  const release = async (Key: Key, owner: string): Promise<void> => {
    const command = new DeleteCommand({ TableName, Key, ...conditional(placeHeldBy(owner)) });
    await attemptWrite(() => client.send(command)).catch(() => undefined);
  };

  return {
    async take(key, most): Promise<StreamPlace | undefined> {
      // Whoever loses a place to another tries one of those that are left: each time there is one less.
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
