/** Pending writes of a run that was undone: to checkpoints of other runs they do not exist, whenever its worker writes them. */
import { randomUUID } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { closedItem } from "../../functions/aws/checkpoint/closed-claims.ts";
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { claim, contentOf, headOf, writesOf } from "../support/checkpoints.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let db: TestTable;
let store: CheckpointStore;
beforeAll(async () => {
  db = await startTable();
  store = createCheckpointStore(db);
});
afterAll(() => db.stop());

const close = (thread_id: string, undone: boolean) =>
  db.client.send(
    new PutCommand({
      TableName: db.table,
      Item: closedItem(thread_id, { claim: claim(5, 2), after: "", by: 2, undone }),
    }),
  );
const write = (thread_id: string, content: string, of = claim(5, 1), foreign = true) =>
  store.putWrites(writesOf(thread_id, [[0, content]], { claim: of, foreign, task_id: content }));
const seen = async (thread_id: string): Promise<string[]> =>
  (await store.writes(thread_id, "", "c1")).flatMap(({ writes }) => writes.map(({ value }) => contentOf(value)));

it("before and after its end are hidden; those to its own checkpoints and those of other runs are not", async () => {
  const thread = randomUUID();
  await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
  await write(thread, "before");
  await write(thread, "own", claim(5, 1), false);
  await write(thread, "another run's", claim(9, 1));

  await close(thread, true);
  await write(thread, "after");

  expect((await seen(thread)).toSorted()).toEqual(["another run's", "own"]);
});

it("count while it goes on, and when it has ended otherwise", async () => {
  const thread = randomUUID();
  await write(thread, "answer");
  const during = await seen(thread);

  await close(thread, false);

  expect([during, await seen(thread)]).toEqual([["answer"], ["answer"]]);
});

it("are not copied", async () => {
  const [thread, copy] = [randomUUID(), randomUUID()];
  await store.putHead(headOf(thread, "c1"));
  await write(thread, "undone");
  await write(thread, "kept", claim(9, 1));
  await close(thread, true);

  await store.copy(thread, copy);

  expect(await seen(copy)).toEqual(["kept"]);
});
