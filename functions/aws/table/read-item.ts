/** Reads the one item of a key. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { Item, Table } from "./item-batches.ts";
import type { Key } from "./keys.ts";

export async function readItem(
  { client, table }: Pick<Table, "client" | "table">,
  key: Key,
  ConsistentRead = true,
): Promise<Item | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead }));
  return Item && { ...Item, ...key };
}
