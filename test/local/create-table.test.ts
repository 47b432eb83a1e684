/** A table that an older version made gets the indexes of this one and keeps what is in it. */
import { randomUUID } from "node:crypto";
import { DescribeTableCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { INDEXES } from "../../functions/aws/table/table.ts";
import { createThreads } from "../../functions/aws/thread/threads.ts";
import { newThread } from "../../functions/core/thread/create-thread.ts";
import { createTable } from "../../local/create-table.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let shared: TestTable;
beforeAll(async () => {
  shared = await startTable();
});
afterAll(() => shared.stop());

test("a missing index is made of what the items say", async () => {
  const { client, table, clock } = await shared.another();
  const threads = createThreads({ client, table, clock, retentionMs: 1 });
  const row = newThread({ thread_id: randomUUID(), now: 0, seen: undefined, temporary: false });
  await threads.put({ row, seen: undefined }, randomUUID());
  const update = new UpdateTableCommand({
    TableName: table,
    GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-change" } }],
  });
  await client.client.send(update);

  await createTable(client, table);

  const { Table } = await client.client.send(new DescribeTableCommand({ TableName: table }));
  const names = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName);
  expect(new Set(names)).toEqual(new Set(INDEXES.map(({ name }) => name)));
  const found = [];
  for await (const some of threads.list({ by: "updated_at", order: "desc", expected: 1 })) found.push(...some);
  expect(found.map(({ thread_id }) => thread_id)).toEqual([row.thread_id]);
});
