/** Slots of many runs that are put together: one that is refused, or an answer that is lost, is nothing to the others. */
import { randomUUID } from "node:crypto";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { putTogether } from "../../functions/aws/log/slot-puts.ts";
import { createThreadLog } from "../../functions/aws/log/thread-log.ts";
import { SLOTS_TOGETHER } from "../../functions/aws/table/limits.ts";
import type { Slot } from "../../functions/core/log/slot.ts";
import { RETENTION } from "../../functions/core/log/timings.ts";
import { systemClock as clock } from "../../functions/host/clock-and-ids.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type Fate, tokenForgotten, withFaults } from "../support/faulty-handler.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

/** Notes what is sent. */
function watched(fateOf: (operation: string) => Fate | undefined = () => undefined) {
  const sent: string[] = [];
  const { client } = withFaults(table, ({ operation, attempt }) => {
    if (attempt === 1) sent.push(operation);
    return attempt === 1 ? fateOf(operation) : undefined;
  });
  return { sent, client, put: putTogether({ client, table: table.table, clock }) };
}

const item = (pk: string, n: number) => ({ pk, sk: "1", n });
const read = async (pk: string) => {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.table, Key: { pk, sk: "1" } }));
  return Item?.["n"] as unknown;
};

test("one alone is a put; what comes while it is under way is one transaction", async () => {
  const { sent, put } = watched();

  const answers = await Promise.all([1, 2, 3].map((n) => put(item(`together ${n}`, n), 10)));

  expect(answers).toEqual(["put", "put", "put"]);
  expect(sent).toEqual(["PutItem", "TransactWriteItems"]);
  expect(await Promise.all([1, 2, 3].map((n) => read(`together ${n}`)))).toEqual([1, 2, 3]);
});

test("one that is taken is refused, the others of its transaction are put", async () => {
  const { put } = watched();
  await put(item("taken", 1), 10);

  const answers = await Promise.all(["first", "taken", "free"].map((pk) => put(item(pk, 2), 10)));

  expect(answers).toEqual(["put", "refused", "put"]);
  expect(await Promise.all(["first", "taken", "free"].map(read))).toEqual([2, 1, 2]);
});

test("a slot that is put twice is refused the second time, though both come at once", async () => {
  const { put } = watched();

  const answers = await Promise.all(["a", "twice", "twice", "b"].map((pk, n) => put(item(`double ${pk}`, n), 10)));

  expect(answers).toEqual(["put", "put", "refused", "put"]);
  expect(await read("double twice")).toBe(1);
});

test("a transaction holds so many slots, and no more bytes than DynamoDB takes", async () => {
  const { sent, put } = watched();
  const many = Array.from({ length: 2 * SLOTS_TOGETHER + 1 }, (_, n) => put(item(`many ${n}`, n), 10));
  await Promise.all(many);
  const few = ["x", "y", "z"].map((pk) => put({ ...item(`large ${pk}`, 1), d: new Uint8Array(380_000) }, 380_000));
  await Promise.all(few);

  expect(sent.slice(0, 3)).toEqual(["PutItem", "TransactWriteItems", "TransactWriteItems"]);
  expect(sent.slice(3)).toEqual(["PutItem", "TransactWriteItems"]);
});

test("a transaction that was done and is taken for refused: each slot is found as its own", async () => {
  const { client, sent } = watched((operation) => (operation === "TransactWriteItems" ? tokenForgotten : undefined));
  const log = createThreadLog({ client, table: table.table, clock, retentionMs: RETENTION, slotsTogether: true });
  const slot: Slot = {
    slot: 1,
    run_id: randomUUID(),
    gen: 0,
    epoch: 1,
    nonce: "mine.1",
    count: 0,
    payload: new Uint8Array(1),
    more: false,
    parts: 0,
    written_at: clock.now(),
  };
  const threads = ["a", "b", "c"].map(() => randomUUID());

  const mine = await Promise.all(threads.map((thread) => log.append(thread, slot)));
  const others = await Promise.all(threads.map((thread) => log.append(thread, { ...slot, nonce: "other.1" })));

  expect(sent).toContain("TransactWriteItems");
  expect(mine).toEqual(["appended", "appended", "appended"]);
  expect(others).toEqual(["fenced", "fenced", "fenced"]);
});
