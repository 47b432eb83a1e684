/**
 * Creates the table and the queue in an emulator if they do not exist, in the shape of `aws/table/table.ts`, which the CDK uses, too. What
 * exists is not changed.
 */
import {
  type AttributeDefinition,
  CreateTableCommand,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { TableClient } from "../functions/aws/table/table-client.ts";
import { INDEXES, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from "../functions/aws/table/table.ts";
import { VISIBILITY_S } from "../functions/core/run/execute/timings.ts";

const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" as const },
  { AttributeName: sort, KeyType: "RANGE" as const },
];

/** Creates the table with its indexes and TTL. A table that exists is not changed. */
export async function createTable({ client }: TableClient, table: string): Promise<void> {
  const keys = [PARTITION_KEY, SORT_KEY].map((name): [string, "S" | "N"] => [name, "S"]);
  const indexKeys = INDEXES.flatMap(({ partition, sort }): [string, "S" | "N"][] => [
    [partition.name, partition.type],
    [sort.name, sort.type],
  ]);
  const attributes = [...new Map([...keys, ...indexKeys])].map(
    ([AttributeName, AttributeType]): AttributeDefinition => ({ AttributeName, AttributeType }),
  );
  const create = new CreateTableCommand({
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keySchema(PARTITION_KEY, SORT_KEY),
    AttributeDefinitions: attributes,
    GlobalSecondaryIndexes: INDEXES.map(({ name, partition, sort, projection }) => ({
      IndexName: name,
      KeySchema: keySchema(partition.name, sort.name),
      Projection:
        projection === "KEYS_ONLY"
          ? { ProjectionType: projection }
          : { ProjectionType: "INCLUDE", NonKeyAttributes: projection.include },
    })),
  });
  try {
    const { TableDescription } = await client.send(create);
    // The emulator's table is active at once; others take a while.
    if (TableDescription?.TableStatus !== "ACTIVE") {
      await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 5 }, { TableName: table });
    }
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: table,
        TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

/** @returns the URL of the queue, which is created if it does not exist */
export async function createQueue(client: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: String(VISIBILITY_S) } }),
  );
  if (QueueUrl === undefined) throw new Error("CreateQueue gave no URL.");
  return QueueUrl;
}
