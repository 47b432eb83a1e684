/**
 * Creates the table and the queue in an emulator if they do not exist, in the shape of `aws/table/table.ts`, which the CDK uses, too. A
 * table that exists gets the indexes that it lacks. No item is changed.
 */
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  ResourceInUseException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { TableClient } from "../functions/aws/table/table-client.ts";
import {
  INDEXES,
  type IndexShape,
  LABEL_FILTERS,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
  typedAttributes,
  type VectorIndexShape,
} from "../functions/aws/table/table.ts";
import { VISIBILITY_S } from "../functions/core/run/execute/timings.ts";

const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" as const },
  { AttributeName: sort, KeyType: "RANGE" as const },
];

/**
 * Creates the table with its indexes and TTL. One that exists gets the indexes that it lacks, and loses those that nobody reads.
 * @param vectorIndex absent = none; one that exists stays, since it has cost a write for each vector
 */
export async function createTable(
  { client }: TableClient,
  table: string,
  { vectorIndex }: { vectorIndex?: VectorIndexShape | undefined } = {},
): Promise<void> {
  const create = new CreateTableCommand({
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keySchema(PARTITION_KEY, SORT_KEY),
    AttributeDefinitions: definitionsOf(typedAttributes(INDEXES, vectorIndex !== undefined)),
    GlobalSecondaryIndexes: INDEXES.map(definitionOf),
    ...(vectorIndex && { VectorIndexes: [vectorDefinitionOf(vectorIndex)] }),
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
    await updateIndexes(client, table, vectorIndex);
  }
}

/** One at a time: DynamoDB takes no more. */
async function updateIndexes(
  client: TableClient["client"],
  TableName: string,
  vectorIndex: VectorIndexShape | undefined,
): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const existing = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName);
  const missing = INDEXES.filter(({ name }) => !existing.includes(name));
  const unread = existing.filter((name) => !INDEXES.some((index) => index.name === name));
  for (const IndexName of unread)
    await client.send(new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] }));
  for (const index of missing)
    await client.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: definitionsOf(typedAttributes([index], false)),
        GlobalSecondaryIndexUpdates: [{ Create: definitionOf(index) }],
      }),
    );
  if (!vectorIndex || Table?.VectorIndexes?.some(({ IndexName }) => IndexName === vectorIndex.name)) return;
  await client.send(
    new UpdateTableCommand({
      TableName,
      AttributeDefinitions: definitionsOf(typedAttributes([], true)),
      VectorIndexUpdates: [{ Create: vectorDefinitionOf(vectorIndex) }],
    }),
  );
}

const definitionsOf = (attributes: ReadonlyMap<string, "S" | "N">): AttributeDefinition[] =>
  [...attributes].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));

const definitionOf = ({ name, partition, sort, projection }: IndexShape) => ({
  IndexName: name,
  KeySchema: keySchema(partition.name, sort.name),
  Projection:
    projection === "KEYS_ONLY"
      ? { ProjectionType: projection }
      : { ProjectionType: "INCLUDE" as const, NonKeyAttributes: projection.include },
});

const vectorDefinitionOf = ({ name, vector, dims }: VectorIndexShape) => ({
  IndexName: name,
  VectorAttribute: { AttributeName: vector },
  Dimensions: dims,
  DistanceFunction: "COSINE" as const,
  SearchSchema: [
    { AttributeName: PARTITION_KEY, SearchSchemaElementType: "HASH" as const },
    ...LABEL_FILTERS.map((label) => ({ AttributeName: label, SearchSchemaElementType: "INLINE_FILTER" as const })),
  ],
  Projection: { ProjectionType: "KEYS_ONLY" as const },
});

/** @returns the URL of the queue, which is created if it does not exist */
export async function createQueue(client: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: String(VISIBILITY_S) } }),
  );
  if (QueueUrl === undefined) throw new Error("CreateQueue gave no URL.");
  return QueueUrl;
}
