/** The port CheckpointStore on the emulator: which heads exist for readers, what is removed and copied. */
import { randomUUID } from "node:crypto";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import type { CheckpointStore, HeadQuery } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { claim, contentOf, headOf, text, writesAt, writesOf } from "../support/checkpoints.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let db: TestTable;
let store: CheckpointStore;
beforeAll(async () => {
  db = await startTable();
  store = createCheckpointStore(db);
});
afterAll(async () => {
  await db.stop();
});

const idsOf = async (thread_id: string, query: HeadQuery = {}): Promise<string[]> => {
  const ids: string[] = [];
  for await (const head of store.heads(thread_id, query)) ids.push(head.checkpoint_id);
  return ids;
};
const visible = async (thread_id: string): Promise<string | undefined> =>
  (await store.head(thread_id, ""))?.checkpoint_id;
const writesSeen = (thread_id: string) => writesAt(store, thread_id, "c1");
const itemsOf = async (thread_id: string, prefix = ""): Promise<string[]> => {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      KeyConditionExpression: prefix ? "pk = :pk AND begins_with(sk, :sk)" : "pk = :pk",
      ExpressionAttributeValues: { ":pk": `C#${thread_id}`, ...(prefix && { ":sk": prefix }) },
    }),
  );
  return Items.map((item) => String(item["sk"]));
};

describe("heads of closed claims", () => {
  it("after the claim's last head do not exist, for any read", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    await store.close(thread, { claim: claim(1, 1), after: "c1", by: 1 });
    await store.putHead(headOf(thread, "c2", { claim: claim(1, 1) }));

    expect(await visible(thread)).toBe("c1");
    expect(await store.head(thread, "", "c2")).toBeUndefined();
    expect(await idsOf(thread)).toEqual(["c1"]);
    expect(await idsOf(thread, { ns: "" })).toEqual(["c1"]);
    expect(await idsOf(thread, { ns: "", limit: 1 })).toEqual(["c1"]);
  });

  it("still count as progress of the run", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    await store.close(thread, { claim: claim(1, 1), after: "c1", by: 1 });
    await store.putHead(headOf(thread, "c2", { claim: claim(1, 1), ns: "child:1" }));
    await store.putHead(headOf(thread, "c3", { claim: claim(11, 1) }));

    expect(await store.newestOf(thread, 1)).toBe("c2");
    expect(await store.newestOf(thread, 11)).toBe("c3");
    expect(await store.newestOf(thread, 2)).toBeUndefined();
  });

  it("a record closes the older claims of its run too, later claims and other runs not", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    await store.close(thread, { claim: claim(1, 2), after: "c1", by: 2 });
    await store.putHead(headOf(thread, "c2", { claim: claim(1, 1) }));
    await store.putHead(headOf(thread, "c3", { claim: claim(1, 2) }));
    await store.putHead(headOf(thread, "c4", { claim: claim(1, 3) }));
    await store.putHead(headOf(thread, "c5", { claim: claim(9, 1) }));
    await store.putHead(headOf(thread, "c6"));

    expect(await idsOf(thread)).toEqual(["c6", "c5", "c4", "c1"]);
  });

  it("an earlier close is not undone by a later one", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    await store.close(thread, { claim: claim(1, 1), after: "c1", by: 1 });
    await store.putHead(headOf(thread, "c2", { claim: claim(1, 1) }));
    await store.putHead(headOf(thread, "c3", { claim: claim(1, 2) }));
    await store.close(thread, { claim: claim(1, 2), after: "c3", by: 2 });

    expect(await idsOf(thread)).toEqual(["c3", "c1"]);
  });

  it("are found hidden however many newer runs have closed since, and however many hidden heads lie on top", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "a0", { claim: claim(1, 1) }));
    await store.close(thread, { claim: claim(1, 1), after: "a0", by: 1 });
    for (let run = 2; run < 16; run++) await store.close(thread, { claim: claim(run, 1), after: "", by: 1 });
    const late = Array.from({ length: 60 }, (_, at) => `b${String(at).padStart(3, "0")}`);
    await Promise.all(late.map((id) => store.putHead(headOf(thread, id, { claim: claim(1, 1) }))));

    expect(await visible(thread)).toBe("a0");
    expect(await store.head(thread, "", "b007")).toBeUndefined();
    expect(await idsOf(thread, { ns: "", limit: 1 })).toEqual(["a0"]);
  });

  it("a close that comes between the reads of claims and heads hides the head", async () => {
    const thread = randomUUID();
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1) }));
    // The head is read only after a late head and its closing record have arrived; the claims were read before.
    let held = true;
    const send = db.client.send.bind(db.client) as (command: unknown) => Promise<unknown>;
    const slow = {
      send: async (command: { input: { ExpressionAttributeValues?: Record<string, unknown> } }) => {
        if (held && String(command.input.ExpressionAttributeValues?.[":sk"]).startsWith("H#")) {
          held = false;
          await claimsRead;
          await store.close(thread, { claim: claim(1, 1), after: "c1", by: 1 });
          await store.putHead(headOf(thread, "c2", { claim: claim(1, 1) }));
          return send(command);
        }
        const answer = send(command);
        if (String(command.input.ExpressionAttributeValues?.[":sk"]).startsWith("E#"))
          void answer.then(() => gotClaims());
        return answer;
      },
    };
    const { promise: claimsRead, resolve: gotClaims } = Promise.withResolvers<void>();
    const reader = createCheckpointStore({
      client: slow as unknown as TestTable["client"],
      table: db.table,
      clock: db.clock,
    });

    expect((await reader.head(thread, ""))?.checkpoint_id).toBe("c1");
  });
});

describe("remove()", () => {
  it("of a run takes its heads and writes in all namespaces, and nothing else", async () => {
    const thread = randomUUID();
    const list = text("x".repeat(5_000));
    await store.putHead(headOf(thread, "c1", { claim: claim(1, 1), channels: { list } }));
    for (const epoch of [1, 2]) {
      await store.putHead(headOf(thread, `d${epoch}`, { claim: claim(11, epoch), channels: { list } }));
      await store.putHead(headOf(thread, `e${epoch}`, { claim: claim(11, epoch), ns: "child:1" }));
      await store.putWrites(writesOf(thread, [[0, "gone"]], { claim: claim(11, epoch) }));
    }
    await store.putWrites(writesOf(thread, [[0, "kept"]], { claim: claim(1, 1), task_id: "kept" }));

    await store.remove(thread, 11);

    expect(await idsOf(thread)).toEqual(["c1"]);
    expect(await writesSeen(thread)).toEqual([["kept", [[0, "kept"]]]]);
    expect(contentOf((await createCheckpointStore(db).head(thread, ""))?.channels["list"])).toBe(contentOf(list));
  });

  it("of a thread leaves only the record that hides what a dead claim still puts", async () => {
    const thread = randomUUID();
    const list = text("x".repeat(5_000));
    for (let at = 0; at < 30; at++)
      await store.putHead(headOf(thread, `c${at}`, { claim: claim(4, 1), channels: { list } }));
    await store.putWrites(writesOf(thread, [[0, "x"]], { claim: claim(4, 1) }));
    await store.close(thread, { claim: claim(4, 1), after: "", by: 1 });

    await store.remove(thread);

    expect(await itemsOf(thread)).toEqual(["E#~"]);
    await store.putHead(headOf(thread, "late", { claim: claim(4, 1) }));
    expect(await visible(thread)).toBeUndefined();
    expect(await store.head(thread, "", "late")).toBeUndefined();
    expect(await idsOf(thread)).toEqual([]);
    await store.putHead(headOf(thread, "new", { claim: claim(9, 1), channels: { list } }));
    expect(contentOf((await store.head(thread, ""))?.channels["list"])).toBe(contentOf(list));
    expect(await itemsOf(thread, "S#")).toHaveLength(1);
  });

  it("of a thread that has nothing is no error and leaves nothing", async () => {
    const thread = randomUUID();

    await store.remove(thread);
    await store.remove(thread, 3);

    expect(await itemsOf(thread)).toEqual([]);
  });
});

describe("copy()", () => {
  it("takes over what readers see, and belongs to no run of the other thread", async () => {
    const [from, to] = [randomUUID(), randomUUID()];
    const ns = "long:1|".repeat(100);
    const list = text("x".repeat(500_000));
    await store.putHead(headOf(from, "c1", { claim: claim(1, 1), channels: { list } }));
    await store.putHead(headOf(from, "c2", { claim: claim(1, 1), parent_id: "c1", ns }));
    await store.close(from, { claim: claim(1, 1), after: "c2", by: 1 });
    await store.putHead(headOf(from, "c3", { claim: claim(1, 1) }));
    await store.putWrites(
      writesOf(
        from,
        [
          [0, "old"],
          [1, "old"],
        ],
        { claim: claim(1, 1) },
      ),
    );
    await store.putWrites(
      writesOf(
        from,
        [
          [0, "new"],
          [-1, "new"],
        ],
        { claim: claim(1, 2) },
      ),
    );
    await store.putWrites(writesOf(from, [[0, "deep"]], { claim: claim(1, 2), ns, task_id: "t".repeat(400) }));

    await store.copy(from, to);
    await store.close(to, { claim: claim(1, 1), after: "", by: 1 });
    await store.remove(to, 1);
    await store.remove(from);

    expect(await idsOf(to)).toEqual(["c2", "c1"]);
    expect((await store.head(to, ns))?.parent_id).toBe("c1");
    expect(contentOf((await createCheckpointStore(db).head(to, ""))?.channels["list"])).toBe(contentOf(list));
    expect(await writesSeen(to)).toEqual([
      [
        "task",
        [
          [-1, "new"],
          [0, "new"],
        ],
      ],
    ]);
    expect((await store.writes(to, ns, "c1"))[0]?.task_id).toBe("t".repeat(400));
  });
});
