/** The port CheckpointStore on the emulator: which pending writes of several claims, runs and calls count. */
import { randomUUID } from "node:crypto";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { claim, writesAt, writesOf } from "../support/checkpoints.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let db: TestTable;
let store: CheckpointStore;
beforeAll(async () => {
  db = await startTable();
  store = createCheckpointStore(db);
});
afterAll(() => db.stop());

const writesSeen = (thread_id: string) => writesAt(store, thread_id, "c1");

describe("pending writes", () => {
  it("of two claims of a run are never mixed: the greatest epoch of a task counts alone", async () => {
    const thread = randomUUID();
    await store.putWrites(
      writesOf(
        thread,
        [
          [0, "a0"],
          [1, "a1"],
          [2, "a2"],
        ],
        { claim: claim(1, 1) },
      ),
    );
    await store.putWrites(writesOf(thread, [[0, "b0"]], { claim: claim(1, 2) }));
    await store.putWrites(
      writesOf(
        thread,
        [
          [0, "late"],
          [3, "late"],
        ],
        { claim: claim(1, 1) },
      ),
    );
    await store.putWrites(writesOf(thread, [[0, "other"]], { claim: claim(1, 1), task_id: "other" }));

    expect(await writesSeen(thread)).toEqual([
      ["other", [[0, "other"]]],
      ["task", [[0, "b0"]]],
    ]);
  });

  it("of two runs are merged in their order: ordinary ones first wins, special ones last wins", async () => {
    const thread = randomUUID();
    await store.putWrites(
      writesOf(
        thread,
        [
          [0, "second"],
          [1, "second"],
          [-4, "second"],
        ],
        { claim: claim(20, 1) },
      ),
    );
    await store.putWrites(
      writesOf(
        thread,
        [
          [0, "first"],
          [-3, "first"],
          [-4, "first"],
        ],
        { claim: claim(3, 7) },
      ),
    );

    expect(await writesSeen(thread)).toEqual([
      [
        "task",
        [
          [-4, "second"],
          [-3, "first"],
          [0, "first"],
          [1, "second"],
        ],
      ],
    ]);
  });

  it("within a call and over calls: ordinary ones are kept, special ones overwritten, also in a mixed call", async () => {
    const thread = randomUUID();
    await store.putWrites(
      writesOf(thread, [
        [0, "a"],
        [-1, "old"],
      ]),
    );
    await store.putWrites(
      writesOf(thread, [
        [0, "b"],
        [1, "c"],
        [-1, "older"],
        [-1, "new"],
      ]),
    );

    expect(await writesSeen(thread)).toEqual([
      [
        "task",
        [
          [-1, "new"],
          [0, "a"],
          [1, "c"],
        ],
      ],
    ]);
  });
});
