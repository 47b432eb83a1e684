/**
 * When store items expire: `xs` is the time, repeated as the table's `ttl`, by which DynamoDB deletes late. `tm` is the time to live that a
 * refresh restores.
 */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { MINUTE, SECOND } from "../../core/units.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { ttlAt } from "../table/expiry.ts";
import type { Item, Table } from "../table/item-batches.ts";
import { REFRESH_GRAIN } from "../table/limits.ts";

export const expiryOf = (ttl_minutes: number, now: number): { tm: number; xs: number; ttl: number } => {
  const at = ttlAt(now + ttl_minutes * MINUTE);
  return { tm: ttl_minutes, xs: at, ttl: at };
};

/** `now` in ms. */
export const isLive = ({ xs }: Item, now: number): boolean => typeof xs !== "number" || xs > now / SECOND;

/** Parts that an item need not have. */
const OPTIONAL = ["v", "vn", "tm", "xs", "ttl"];

/** An update that sets these attributes, keeps when the item was made, and is refused by an item that has expired. */
export function writeItem(set: Record<string, unknown>, now: number) {
  const names = [...new Set([...Object.keys(set), ...OPTIONAL])];
  const absent = OPTIONAL.filter((name) => !Object.hasOwn(set, name));
  const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
  return {
    UpdateExpression: `SET ca = if_not_exists(ca, :ua), ${sets.join(", ")}${absent.length > 0 ? ` REMOVE ${absent.map((name) => `#${name}`).join(", ")}` : ""}`,
    ConditionExpression: "attribute_not_exists(#xs) OR #xs > :now",
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ":now": now / SECOND,
    },
  };
}

/** The item's time to live starts again. One that was removed or has expired meanwhile stays so. */
export async function refreshItem({ client, table, clock }: Table, { pk, sk, tm, xs }: Item): Promise<void> {
  if (typeof tm !== "number" || typeof xs !== "number") return;
  const now = clock.now();
  const { xs: at } = expiryOf(tm, now);
  if (at - xs < (tm * MINUTE * REFRESH_GRAIN) / SECOND) return;
  await attemptWrite(clock, () =>
    client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        UpdateExpression: "SET xs = :at, #ttl = :at",
        ConditionExpression: "xs > :now",
        ExpressionAttributeNames: { "#ttl": "ttl" },
        ExpressionAttributeValues: { ":at": at, ":now": now / SECOND },
      }),
    ),
  );
}
