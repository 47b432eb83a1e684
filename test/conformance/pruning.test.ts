/** The port CheckpointStore: what pruning removes, and what it leaves to runs and to channels that keep differences. */
import { randomBytes, randomUUID } from "node:crypto";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { claim, contentOf, headOf, text, writesAt, writesOf } from "../support/checkpoints.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let shared: TestTable;
beforeAll(async () => {
  shared = await startTable();
});
afterAll(() => shared.stop());

/** Stored in segments, for nothing makes it shorter. */
const large = () => text(JSON.stringify(randomBytes(6_000).toString("base64")));
const idsOf = async (store: ReturnType<typeof createCheckpointStore>, thread_id: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { ns, checkpoint_id } of store.heads(thread_id, {})) ids.push(`${ns}/${checkpoint_id}`);
  return ids;
};

test("keeps the newest head of each namespace, with its writes and values", async () => {
  const store = createCheckpointStore(shared);
  const thread_id = randomUUID();
  const kept = large();
  for (const checkpoint_id of ["c1", "c2"]) {
    await store.putHead(headOf(thread_id, checkpoint_id, { channels: { a: checkpoint_id === "c2" ? kept : large() } }));
    await store.putWrites(writesOf(thread_id, [[0, checkpoint_id]], { checkpoint_id }));
  }
  await store.putHead(headOf(thread_id, "s1", { ns: "sub" }));
  const before = await store.measure(thread_id);

  await store.removeOlder(thread_id);
  await store.removeUnreferenced(thread_id, 0);

  const after = await store.measure(thread_id);
  expect(new Set(await idsOf(store, thread_id))).toEqual(new Set(["/c2", "sub/s1"]));
  expect(contentOf((await store.head(thread_id, ""))?.channels["a"])).toBe(contentOf(kept));
  expect([await writesAt(store, thread_id, "c1"), await writesAt(store, thread_id, "c2")]).toEqual([
    [],
    [["task", [[0, "c2"]]]],
  ]);
  expect(after.channel_values).toMatchObject({ count: 1, by_channel: { a: { versions: 1 } } });
  expect(after.total_bytes).toBeLessThan(before.total_bytes);
});

test("leaves what a run wrote whose log begins later, although no head refers to it yet", async () => {
  const store = createCheckpointStore(shared);
  const thread_id = randomUUID();
  const value = large();
  await store.putHead(headOf(thread_id, "c1", { channels: { a: value }, claim: claim(1, 1) }));
  await store.putHead(headOf(thread_id, "c2", { channels: { a: value }, claim: claim(9, 1) }));
  await store.putHead(headOf(thread_id, "c3"));
  await store.removeOlder(thread_id);

  await store.removeUnreferenced(thread_id, 8);
  const spared = await store.measure(thread_id);
  await store.removeUnreferenced(thread_id, 9);

  expect(spared.total_bytes).toBeGreaterThan(1_000);
  expect((await store.measure(thread_id)).total_bytes).toBeLessThan(1_000);
});

test("keeps all heads of a namespace whose newest one keeps differences", async () => {
  const store = createCheckpointStore(shared);
  const thread_id = randomUUID();
  await store.putHead(headOf(thread_id, "c1", { channels: { a: text("1") } }));
  await store.putHead(headOf(thread_id, "c2", { metadata: { counters_since_delta_snapshot: { a: [1, 1] } } }));

  await store.removeOlder(thread_id);

  expect(await idsOf(store, thread_id)).toEqual(["/c2", "/c1"]);
});
