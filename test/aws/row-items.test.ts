/** Rows as they are read: those that fit come back as they were written, others are refused by key and field, without their content. */
import { randomUUID } from "node:crypto";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { slotItem, toSlot } from "../../functions/aws/log/slot-items.ts";
import { createItemStore } from "../../functions/aws/store/item-store.ts";
import { headKey, itemKey, runKey, threadKey } from "../../functions/aws/table/keys.ts";
import { runItem, threadItem, toRun, toThread } from "../../functions/aws/table/row-items.ts";
import { Impossible } from "../../functions/core/failure/failure.ts";
import { firstSlot } from "../../functions/core/log/first-slot.ts";
import { pack } from "../../functions/core/log/slot-payload.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { created, hello, host } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const SECRET = "what only the user may know";

/** A run that has ended, its thread and a slot. */
async function rows() {
  const ports = corePorts(table, hello);
  const run = await created(ports, await aThread(ports), { metadata: { text: SECRET } });
  await handleMessage(ports, run, host);
  const { thread, run: ended } = await ports.runs.load(run);
  if (!thread || !ended) throw new Error("the rows are gone");
  return { ports, thread, run: ended };
}

test("fit as they were written, with fields of a newer version", async () => {
  const { thread, run } = await rows();
  const slot = firstSlot(run.run_id, 1, 7, 1_234);

  expect(toThread({ ...threadItem(thread, 5), newer: 1 })).toEqual({ ...thread, newer: 1 });
  expect(toRun({ ...runItem(run, 5), newer: 1 })).toEqual({ ...run, newer: 1 });
  expect(toSlot(slotItem(run.thread_id, slot, 0), 0)).toEqual(slot);
});

describe("are Impossible, by key and field and without content, where", () => {
  test.each([
    ["a number is a text", { epoch: SECRET }, "epoch"],
    ["a field is missing", { assistant_id: undefined }, "assistant_id"],
    ["nested JSON is cut", { metadata: `{"text":"${SECRET}` }, "metadata"],
    ["nested JSON is of another kind", { metadata: JSON.stringify([SECRET]) }, "metadata"],
    ["a status is unknown", { status: SECRET }, "status"],
    ["a run that has ended has no time", { ended_at: null }, "ended_at"],
  ])("%s", async (_what, change, field) => {
    const { run } = await rows();
    const { pk, sk } = runKey(run.thread_id, run.run_id);
    const read = () => toRun({ ...runItem(run, undefined), ...change });

    expect(read).toThrow(new Impossible(`the item ${pk} ${sk} has a field that does not fit: ${field}`));
  });

  test("a slot has no payload", async () => {
    const thread_id = randomUUID();
    const item = { ...slotItem(thread_id, firstSlot(randomUUID(), 1, 7, 0), 0), p: SECRET };

    expect(() => toSlot(item, 0)).toThrow(
      new Impossible(`the item L#${thread_id} 0000000007 has a field that does not fit: p`),
    );
  });
});

test("R5: a spoilt row in the table is read once, and says so to whoever asked", async () => {
  const { ports, thread } = await rows();
  const Item = { ...threadItem(thread, undefined), queue: SECRET };
  await table.client.send(new PutCommand({ TableName: table.table, Item }));

  const reading = ports.threads.get(thread.thread_id);

  const { pk, sk } = threadKey(thread.thread_id);
  await expect(reading).rejects.toThrow(new Impossible(`the item ${pk} ${sk} has a field that does not fit: queue`));
});

test.each([
  ["a store item without a value", "d"],
  ["a store item without its namespace", "sn"],
])("R5: %s is Impossible, by key and field", async (_what, field) => {
  const items = createItemStore({ ...table, clock: systemClock });
  const namespace = ["spoilt", field];
  await items.put(namespace, "key", { text: SECRET });
  const Key = itemKey(namespace, "key");
  const change = { UpdateExpression: `SET ${field} = :no`, ExpressionAttributeValues: { ":no": SECRET } };
  await table.client.send(new UpdateCommand({ TableName: table.table, Key, ...change }));

  const reading = items.get(namespace, "key");

  await expect(reading).rejects.toThrow(
    new Impossible(`the item ${Key.pk} ${Key.sk} has a field that does not fit: ${field}`),
  );
});

test.each([
  ["whose content is cut", { d: pack(Buffer.from("[]")) }, "d"],
  ["that names its segments by a number", { d: undefined, h: 7 }, "h"],
])("R5: a checkpoint head %s is Impossible, by key and field", async (_what, change, field) => {
  const thread_id = randomUUID();
  const head = { thread_id, ns: "", checkpoint_id: randomUUID(), metadata: {}, channels: {} };
  const checkpoints = createCheckpointStore({ ...table, clock: systemClock });
  await checkpoints.putHead({ ...head, checkpoint: { type: "json", elements: [Buffer.from("{}")] } });
  const Key = headKey(thread_id, "", head.checkpoint_id);
  await table.client.send(new PutCommand({ TableName: table.table, Item: { ...Key, ...change } }));

  const reading = checkpoints.head(thread_id, "");

  await expect(reading).rejects.toThrow(
    new Impossible(`the item ${Key.pk} ${Key.sk} has a field that does not fit: ${field}`),
  );
});
