/**
 * What the adapter of stored assistants promises: one transaction, conditional on the revision, and a listing that agrees with the rows.
 */
import { createAssistants } from "../../functions/aws/assistant/assistants.ts";
import type { AssistantRow } from "../../functions/core/assistant/assistant-row.ts";
import { resourceOf, versionOf } from "../../functions/core/assistant/assistant-row.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let table: TestTable;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.stop());

const open = () => createAssistants({ ...table, clock: systemClock });
const aRow = (fields: Partial<AssistantRow> = {}): AssistantRow => ({
  assistant_id: "7b0f3b7e-91c2-4a6b-8b1e-2f1c4f3f0a11",
  graph_id: "agent",
  name: "Ada # %",
  description: null,
  version: 1,
  config: { configurable: { big: 1e21, "": null } },
  context: {},
  metadata: { nested: [{ a: "ä" }] },
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-02T00:00:00.000Z",
  born: "nonce",
  newest: 1,
  rev: 1,
  ...fields,
});

test("what is put comes back as it was, by id and in the listing", async () => {
  const [assistants, row] = [open(), aRow()];

  expect(await assistants.put({ row, seen: undefined, versions: [versionOf(resourceOf(row))] }, "a")).toBe("put");

  expect(await assistants.get(row.assistant_id)).toEqual(row);
  expect(await assistants.version(row, 1)).toEqual(versionOf(resourceOf(row)));
  const { assistant_id, graph_id, name, created_at, updated_at, metadata } = row;
  expect(await assistants.list()).toEqual([{ assistant_id, graph_id, name, created_at, updated_at, metadata }]);
});

test("a put whose answer was lost knows its own row; another is a conflict", async () => {
  const [assistants, row] = [open(), aRow()];
  const write = { row, seen: undefined, versions: [] };
  await assistants.put(write, "mine");

  expect(await assistants.put(write, "mine")).toBe("put");
  expect(await assistants.put(write, "other")).toBe("conflict");
  expect(await assistants.put({ ...write, row: aRow({ rev: 3 }), seen: 2 }, "other")).toBe("conflict");
});

test("a removal needs the row that was read, and takes listing and versions with it", async () => {
  const [assistants, row] = [open(), aRow({ metadata: { text: "x".repeat(2_000) } })];
  await assistants.put({ row, seen: undefined, versions: [versionOf(resourceOf(row))] }, "a");
  const [listed] = (await assistants.list()) as { metadata?: object }[];

  expect(listed?.metadata).toBeUndefined();
  expect(await assistants.remove(aRow({ rev: 2 }))).toBe("conflict");
  expect(await assistants.remove(row)).toBe("removed");

  expect(await assistants.get(row.assistant_id)).toBeUndefined();
  expect(await assistants.version(row, 1)).toBeUndefined();
  expect(await assistants.list()).toEqual([]);
});

test("many are listed, from all partitions", async () => {
  const assistants = open();
  const ids = Array.from({ length: 40 }, () => crypto.randomUUID());
  for (const assistant_id of ids)
    await assistants.put({ row: aRow({ assistant_id }), seen: undefined, versions: [] }, assistant_id);

  const listed = await assistants.list();
  if (listed === "too_many") throw new Error(listed);
  expect(new Set(listed.map(({ assistant_id }) => assistant_id))).toEqual(new Set(ids));
  expect((await assistants.read(ids)).length).toBe(40);
});
