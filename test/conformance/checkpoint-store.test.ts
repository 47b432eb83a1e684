/** The port CheckpointStore on the emulator: values of every size, names of every kind, lists. */
import { randomBytes, randomUUID } from "node:crypto";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import type { ChannelValue, CheckpointStore, HeadQuery } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { claim, contentOf, headOf, text, writesOf } from "../support/checkpoints.ts";
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

describe("pending writes", () => {
  it("take one request for each 50, and one for the special ones", async () => {
    const thread = randomUUID();
    const many = Array.from({ length: 120 }, (_, index): [number, string] => [index, `v${index}`]);
    await store.putWrites(writesOf(thread, [...many, [-1, "error"]]));

    expect(await itemsOf(thread)).toHaveLength(4);
    const [task] = await store.writes(thread, "", "c1");
    expect(task?.writes.map(({ index, value }) => [index, contentOf(value)])).toEqual([[-1, "error"], ...many]);
  });

  it("above 4 KB go to a segment that the head shares", async () => {
    const thread = randomUUID();
    const value: ChannelValue = { type: "bytes", elements: [randomBytes(20_000)] };
    const task = writesOf(thread, []);
    await store.putWrites({ ...task, writes: [{ index: 0, channel: "ch", value }] });
    const again = { type: value.type, elements: value.elements.map((bytes) => Buffer.from(bytes)) };
    await store.putHead(headOf(thread, "c2", { channels: { ch: again } }));

    expect(await itemsOf(thread, "S#")).toHaveLength(1);
    expect((await store.writes(thread, "", "c1"))[0]?.writes[0]?.value).toEqual(value);
  });
});

describe("values", () => {
  it.each([0, 1, 1_024, 1_025, 358_400, 358_401, 1_500_000])(
    "of %i random bytes come back as they were",
    async (size) => {
      const thread = randomUUID();
      const value: ChannelValue = { type: "bytes", elements: [randomBytes(size)] };
      await store.putHead(headOf(thread, "c1", { channels: { big: value } }));

      const read = await createCheckpointStore(db).head(thread, "", "c1");

      expect(read?.channels["big"]?.type).toBe("bytes");
      expect(
        Buffer.compare(Buffer.concat(read?.channels["big"]?.elements ?? []), value.elements[0] ?? Buffer.of()),
      ).toBe(0);
    },
  );

  it("in several elements keep them apart, also where a piece ends", async () => {
    const thread = randomUUID();
    const elements = [0, 100, 358_400, 0, 358_300, 5_000, 700_000, 0].map((size) => randomBytes(size));
    await store.putHead(headOf(thread, "c1", { channels: { list: { type: "json", elements } } }));

    const read = await createCheckpointStore(db).head(thread, "");

    const list = read?.channels["list"]?.elements ?? [];
    expect(list.map(({ length }) => length)).toEqual(elements.map(({ length }) => length));
    expect(Buffer.concat(list).equals(Buffer.concat(elements))).toBe(true);
  });

  it("unchanged are written once in a thread", async () => {
    const thread = randomUUID();
    const list = text("x".repeat(5_000));
    for (const id of ["c1", "c2", "c3"]) await store.putHead(headOf(thread, id, { channels: { list } }));

    expect(await itemsOf(thread)).toHaveLength(4);
  });

  it("of hundreds of channels or with huge metadata fit in a head", async () => {
    const thread = randomUUID();
    const channels = Object.fromEntries(
      Array.from({ length: 600 }, (_, at) => [`channel-${at}`, { type: "bytes", elements: [randomBytes(1_000)] }]),
    );
    const metadata = { note: randomBytes(200_000).toString("hex") };
    await store.putHead(headOf(thread, "c1", { channels, metadata, outline: ["kept"] }));

    const read = await createCheckpointStore(db).head(thread, "");

    expect([read?.metadata, read?.outline]).toEqual([metadata, ["kept"]]);
    expect(Object.keys(read?.channels ?? {})).toHaveLength(600);
    expect(read?.channels["channel-599"]).toEqual(channels["channel-599"]);
  });
});

it("an outline is kept with its head, also in a copy; heads without one have none", async () => {
  const [thread, copy] = [randomUUID(), randomUUID()];
  const outline = ["topology", ["ä"], [["id", "node", ["__pregel_pull", "node"], false]], { ä: [] }];
  await store.putHead(headOf(thread, "c1", { claim: claim(1, 1), outline }));
  await store.putHead(headOf(thread, "c2", { claim: claim(1, 1) }));
  await store.copy(thread, copy);

  for (const id of [thread, copy]) {
    expect((await store.head(id, "", "c1"))?.outline).toEqual(outline);
    expect(await store.head(id, "", "c2")).not.toHaveProperty("outline");
  }
});

describe("names", () => {
  it("of namespaces, tasks and channels may hold anything, and be long", async () => {
    const thread = randomUUID();
    const names = ["", "#", "%", "%23", "a#b", "a", "ünï|cödé:😀", "node:1|".repeat(200), "node:2|".repeat(200)];
    for (const [at, ns] of names.entries()) {
      await store.putHead(headOf(thread, `c${at}`, { ns, channels: { [`${ns}__proto__`]: text(ns) } }));
      await store.putWrites(writesOf(thread, [[0, ns]], { ns, task_id: `task ${ns}` }));
    }

    for (const [at, ns] of names.entries()) {
      const head = await store.head(thread, ns);
      expect([head?.ns, head?.checkpoint_id]).toEqual([ns, `c${at}`]);
      expect(Object.entries(head?.channels ?? {}).map(([name, value]) => [name, contentOf(value)])).toEqual([
        [`${ns}__proto__`, ns],
      ]);
      const [task] = await store.writes(thread, ns, "c1");
      expect([task?.task_id, contentOf(task?.writes[0]?.value)]).toEqual([`task ${ns}`, ns]);
    }
    const listed: string[] = [];
    for await (const { ns } of store.heads(thread, {})) listed.push(ns);
    expect(listed).toEqual(names.toReversed());
  });
});

describe("heads()", () => {
  it("lists newest first over namespaces and filters by containment, before and limit", async () => {
    const thread = randomUUID();
    for (let at = 0; at < 130; at++) {
      const ns = at % 3 ? "" : "child";
      const metadata = { step: at, tags: ["x", { deep: at % 2 === 0, more: 1 }] };
      await store.putHead(headOf(thread, `c${String(at).padStart(3, "0")}`, { ns, metadata }));
    }

    const all = await idsOf(thread);
    expect(all).toHaveLength(130);
    expect(all).toEqual(all.toSorted().toReversed());
    expect(await idsOf(thread, { ns: "child", before: "c009" })).toEqual(["c006", "c003", "c000"]);
    expect(await idsOf(thread, { ns: "", before: "c009", limit: 2 })).toEqual(["c008", "c007"]);
    expect(await idsOf(thread, { before: "c009", limit: 3 })).toEqual(["c008", "c007", "c006"]);
    expect(await idsOf(thread, { ns: "", limit: 2, metadata: { tags: [{ deep: true }] } })).toEqual(["c128", "c124"]);
    expect(await idsOf(thread, { metadata: { step: 5 } })).toEqual(["c005"]);
    expect(await idsOf(thread, { metadata: { tags: ["y"] } })).toEqual([]);
    expect(await idsOf(thread, { limit: 0 })).toEqual([]);
  });
});
