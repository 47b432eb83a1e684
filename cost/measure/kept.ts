/** Measures what a thread leaves in the table beside its log. It reads with a client of its own, which no meter counts. */
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Env } from "../../functions/aws/env.ts";
import { checkpointsKey, threadKey } from "../../functions/aws/table/keys.ts";

const KB = 1_024;
/** What DynamoDB adds to each item. */
const ITEM_BYTES = 100;

/** @returns KB of the thread's rows and checkpoints */
export async function keptKb({ table, aws }: Env, thread_id: string): Promise<number> {
  const client = new DynamoDBClient({
    region: aws.region,
    ...(aws.dynamodbEndpoint === undefined ? {} : { endpoint: aws.dynamodbEndpoint }),
    ...(aws.credentials === undefined ? {} : { credentials: aws.credentials }),
  });
  let bytes = 0;
  for (const pk of [threadKey(thread_id).pk, checkpointsKey(thread_id)]) {
    const query = {
      TableName: table,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: pk } },
    };
    const { Items = [] } = await client.send(new QueryCommand(query));
    for (const item of Items) bytes += ITEM_BYTES + sizeOf(unmarshall(item));
  }
  client.destroy();
  return bytes / KB;
}

const sizeOf = (value: unknown): number => {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return 8;
  return Object.entries(value).reduce((sum, [name, inner]) => sum + name.length + sizeOf(inner), 0);
};
