/**
 * Claims that were closed while their workers might still write, or close others: what was there stays, what comes later does not exist.
 */
import { randomUUID } from "node:crypto";
import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { closedItem } from "../../functions/aws/checkpoint/closed-claims.ts";
import type { CheckpointStore, TaskWrites } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { claim, contentOf, headOf, writesOf } from "../support/checkpoints.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let db: TestTable;
let store: CheckpointStore;
beforeAll(async () => {
  db = await startTable();
  store = createCheckpointStore(db);
});
afterAll(() => db.stop());

const write = (thread_id: string, task_id: string, more: Partial<TaskWrites> = {}, content = task_id, index = 0) =>
  store.putWrites(writesOf(thread_id, [[index, content]], { claim: claim(5, 1), task_id, ...more }));
/** As the end of the run does, in the name of the claim of this epoch. */
const seal = (thread_id: string, epoch: number, after: string) =>
  store.seal(thread_id, { claim: claim(5, epoch), after, by: epoch });
const seenBy = async (reader: CheckpointStore, thread_id: string, checkpoint_id = "c1", ns = ""): Promise<string[]> =>
  (await reader.writes(thread_id, ns, checkpoint_id)).map(
    ({ task_id, writes }) =>
      `${task_id}: ${writes.map(({ index, value }) => `${index} ${contentOf(value)}`).join(", ")}`,
  );
const seen = (...args: [thread_id: string, checkpoint_id?: string, ns?: string]) => seenBy(store, ...args);

/** A thread whose run, first slot 5, has put c1. */
async function aThread(): Promise<string> {
  const thread = randomUUID();
  await store.putHead(headOf(thread, "c1", { claim: claim(5, 1) }));
  return thread;
}

describe("a sealed claim", () => {
  it("keeps the writes that were there and hides those that come later", async () => {
    const thread = await aThread();
    await write(thread, "done");

    await seal(thread, 1, "c1");
    await write(thread, "late");

    expect(await seen(thread)).toEqual(["done: 0 done"]);
  });

  it("keeps the writes of a task as they were: none is changed or added, not even a special one", async () => {
    const thread = await aThread();
    await write(thread, "done", {}, "answer", -3);
    await write(thread, "done");

    await seal(thread, 1, "c1");
    await write(thread, "done", {}, "another answer", -3);
    await write(thread, "done", {}, "an error", -1);
    await write(thread, "done", {}, "more", 1);
    await write(thread, "done", {}, "far more", 60);

    expect(await seen(thread)).toEqual(["done: -3 answer, 0 done"]);
  });

  it("seals older claims of its run with it, and leaves later claims and other runs alone", async () => {
    const thread = await aThread();

    await seal(thread, 2, "c1");
    await write(thread, "older");
    await write(thread, "same", { claim: claim(5, 2) });
    await write(thread, "later", { claim: claim(5, 3) });
    await write(thread, "another run's", { claim: claim(9, 1) });
    await store.putWrites(writesOf(thread, [[0, "nobody's"]], { task_id: "nobody's" }));

    expect((await seen(thread)).toSorted()).toEqual([
      "another run's: 0 another run's",
      "later: 0 later",
      "nobody's: 0 nobody's",
    ]);
  });

  it("hides late writes wherever they go, also in subgraphs and to checkpoints of other runs", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    await store.putHead(headOf(thread, "c2", { claim: claim(1, 1), ns: "child:1" }));
    const places = [{ foreign: true }, { foreign: true, ns: "child:1", checkpoint_id: "c2" }];
    for (const place of places) await write(thread, "done", place);

    await seal(thread, 1, "");
    for (const place of places) await write(thread, "late", place);

    expect(await seen(thread)).toEqual(["done: 0 done"]);
    expect(await seen(thread, "c2", "child:1")).toEqual(["done: 0 done"]);
  });

  it("stamps the writes to its last two root checkpoints, not a whole history", async () => {
    const thread = randomUUID();
    for (let at = 1; at <= 9; at++) {
      await store.putHead(headOf(thread, `c${at}`, { claim: claim(5, 1) }));
      await write(thread, "done", { checkpoint_id: `c${at}` });
    }

    const { from } = await seal(thread, 1, "c8");

    expect(from).toBe("c7");
    expect(await stamped(thread)).toEqual(["c7", "c8", "c9"]);
    expect(await seen(thread, "c3")).toEqual(["done: 0 done"]);
  });

  it("stays sealed under the record of the finish, and when the next claim seals again", async () => {
    const thread = await aThread();
    await write(thread, "done");
    const sealed = await seal(thread, 2, "c1");
    await write(thread, "late");

    const Item = closedItem(thread, { claim: claim(5, 2), after: "c1", by: 2, seal: sealed });
    await db.client.send(new PutCommand({ TableName: db.table, Item }));
    const finished = await seen(thread);
    await seal(thread, 3, "c1");

    expect([finished, await seen(thread)]).toEqual([["done: 0 done"], ["done: 0 done"]]);
  });

  it("is copied as readers see it", async () => {
    const [thread, copy] = [await aThread(), randomUUID()];
    await write(thread, "done");
    await seal(thread, 1, "c1");
    await write(thread, "late");

    await store.copy(thread, copy);

    expect(await seen(copy)).toEqual(["done: 0 done"]);
  });
});

describe("records of closed claims", () => {
  it("hide nothing if their claim was overtaken before it wrote them", async () => {
    const thread = randomUUID();
    const closing = { claim: claim(1, 1), after: "c1", by: 2 };
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    await store.putHead(headOf(thread, "c2", { claim: claim(1, 1) }));
    await store.close(thread, { claim: claim(1, 2), after: "c2", by: 3 });

    await store.close(thread, closing);
    await store.seal(thread, closing);
    await store.close(thread, { claim: claim(1, 2), after: "", by: 2 });

    expect((await store.head(thread, ""))?.checkpoint_id).toBe("c2");
  });

  it("do not replace the record of the run's end", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    const Item = closedItem(thread, { claim: claim(1, 1), after: "c1", by: 1, final: true });
    await db.client.send(new PutCommand({ TableName: db.table, Item }));

    await store.close(thread, { claim: claim(1, 1), after: "", by: 1 });

    expect((await store.head(thread, ""))?.checkpoint_id).toBe("c1");
  });
});

/** A store to which something happens right before or after it first looks at pending writes. */
function interrupted(happens: () => Promise<void>, when: "before" | "after"): CheckpointStore {
  let done = false;
  const send = db.client.send.bind(db.client) as (command: unknown) => Promise<unknown>;
  const client = {
    send: async (command: QueryCommand) => {
      const isLook = String(command.input.ExpressionAttributeValues?.[":sk"]).startsWith("W#");
      if (done || !isLook) return send(command);
      done = true;
      if (when === "before") await happens();
      const answer = await send(command);
      if (when === "after") await happens();
      return answer;
    },
  };
  return createCheckpointStore({ client: client as unknown as TestTable["client"], table: db.table, clock: db.clock });
}

it("a claim that is sealed between the two reads of a reader loses no write that was there", async () => {
  const thread = await aThread();
  await write(thread, "done");
  const sealing = async () => {
    await seal(thread, 1, "c1");
    await write(thread, "late");
  };

  const seenMeanwhile = await seenBy(interrupted(sealing, "after"), thread);

  expect(seenMeanwhile).toEqual(["done: 0 done"]);
});

it("a claim that is overtaken while it seals older ones brings no write back", async () => {
  const thread = await aThread();
  await write(thread, "done");
  const overtaking = async () => {
    await seal(thread, 3, "c1");
    await write(thread, "late");
  };

  await interrupted(overtaking, "before").seal(thread, { claim: claim(5, 2), after: "c1", by: 2 });

  expect(await seen(thread)).toEqual(["done: 0 done"]);
});

async function stamped(thread_id: string): Promise<string[]> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
      FilterExpression: "attribute_exists(z)",
      ExpressionAttributeValues: { ":pk": `C#${thread_id}`, ":sk": "W#" },
    }),
  );
  return Items.map(({ sk }) => String(sk).split("#")[2] ?? "");
}
