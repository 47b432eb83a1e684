/** What the saver of a run answers from memory is what a reader finds in the table, whatever the run and the claims before it did. */
import { randomUUID } from "node:crypto";
import * as lg from "@langchain/langgraph";
import { uuid6 } from "@langchain/langgraph-checkpoint";
import { createSaver } from "../../functions/engine/javascript/checkpoint/saver.ts";
import { listOf, onThread, openSavers, type Savers } from "../support/savers.ts";

let savers: Savers;
beforeAll(async () => {
  savers = await openSavers();
});
afterAll(async () => {
  await savers.stop();
});

/** mulberry32: the same sequence for the same seed. */
const dice = (seed: number) => {
  let state = seed;
  return (sides: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
};

const at = (thread_id: string, checkpoint_ns: string, checkpoint_id: string) => ({
  configurable: { thread_id, checkpoint_ns, checkpoint_id },
});
const CHANNELS = ["ch", "__error__", "__resume__", "other"];

/** A thread, the ids in it, and random acts on it by any saver. */
function scene(seed: number) {
  const roll = dice(seed);
  const thread = randomUUID();
  const ids: Record<string, string[]> = { "": [], child: [] };
  // Of a clock that is behind: put later, but older by their order.
  const behind = Array.from({ length: 8 }, (_, index) => uuid6(index));
  let step = 0;
  const nsOf = () => (roll(3) ? "" : "child");
  const pick = (ns: string): string | undefined => ids[ns]?.[roll(ids[ns].length || 1)];

  const put = async (saver: lg.BaseCheckpointSaver) => {
    const ns = nsOf();
    const parent = roll(4) ? ids[ns]?.at(-1) : pick(ns);
    const id = (roll(5) ? undefined : behind.shift()) ?? uuid6(step++);
    ids[ns]?.push(id);
    const old = parent === undefined ? undefined : (await saver.getTuple(at(thread, ns, parent)))?.checkpoint;
    const versions = { ...old?.channel_versions, [`c${roll(3)}`]: step };
    const fresh = Object.fromEntries(
      Object.entries(versions).filter(([name, version]) => old?.channel_versions[name] !== version),
    );
    const values = Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [name, `${name} of ${String(version)}`]),
    );
    const checkpoint = { ...lg.emptyCheckpoint(), id, channel_values: values, channel_versions: versions };
    const early = roll(3) ? [] : [write(saver, ns, id)];
    const config = {
      configurable: { thread_id: thread, checkpoint_ns: ns, ...(parent !== undefined && { checkpoint_id: parent }) },
    };
    const putting = saver.put(config, checkpoint, { source: "loop", step, parents: {} }, fresh);
    const [kept] = await Promise.all([putting, ...early]);
    ids[ns]?.splice(ids[ns].indexOf(id), 1, String(kept.configurable?.["checkpoint_id"]));
  };
  const write = async (saver: lg.BaseCheckpointSaver, ns = nsOf(), id = pick(ns)) => {
    if (id === undefined) return;
    const writes = Array.from({ length: 1 + roll(3) }, (): [string, unknown] => [CHANNELS[roll(4)] ?? "ch", step++]);
    const task = roll(3);
    await saver.putWrites(at(thread, ns, id), writes, `task ${task}`, `path ${task % 2}`);
  };
  const read = async (saver: lg.BaseCheckpointSaver) => {
    const ns = nsOf();
    const id = roll(2) ? pick(ns) : undefined;
    await saver.getTuple(
      id === undefined ? { configurable: { thread_id: thread, checkpoint_ns: ns } } : at(thread, ns, id),
    );
  };
  const act = async (saver: lg.BaseCheckpointSaver) => {
    const acts = Array.from({ length: 1 + roll(2) }, () => [put, write, write, read][roll(4)] ?? read);
    // Two puts at once would have one parent and no order.
    const [first = read, second] = acts;
    await Promise.all([first(saver), ...(second && (first !== put || second !== put) ? [second(saver)] : [])]);
  };
  return { thread, ids, act };
}

describe("the saver of a run", () => {
  it.each(Array.from({ length: 8 }, (_, seed) => seed))(
    "agrees with a reader after every act, seed %i",
    async (seed) => {
      const { thread, ids, act } = scene(seed);
      const fresh = seed % 3 === 0;
      const dead = savers.saverOf({ claim: { log_start: 1, epoch: 1 }, fresh });
      const other = savers.saverOf({ claim: { log_start: 7, epoch: 1 } });
      if (!fresh) for (let n = 0; n < 12; n++) await act(seed % 2 ? dead : other);
      const saver = savers.saverOf({ claim: { log_start: fresh ? 1 : 7, epoch: 2 }, fresh });

      for (let n = 0; n < 15; n++) {
        await act(saver);

        const reader = savers.saverOf();
        const places = Object.entries(ids).flatMap(([ns, own]) => [
          { configurable: { thread_id: thread, checkpoint_ns: ns } },
          ...own.slice(-2).map((id) => at(thread, ns, id)),
        ]);
        const seenBy = (by: lg.BaseCheckpointSaver) => Promise.all(places.map((place) => by.getTuple(place)));
        expect(await seenBy(saver)).toEqual(await seenBy(reader));
      }
    },
  );

  it("reads writes again if one ended while they were read", async () => {
    const [thread, id] = [randomUUID(), uuid6(0)];
    const config = { configurable: { thread_id: thread } };
    await savers.saverOf().put(config, { ...lg.emptyCheckpoint(), id }, { source: "loop", step: 0, parents: {} }, {});
    const { promise: written, resolve: open } = Promise.withResolvers<void>();
    const store = {
      ...savers.store,
      head: async (...args: Parameters<typeof savers.store.head>) => {
        await written;
        return savers.store.head(...args);
      },
    };
    const saver = createSaver(lg, { store, claim: { log_start: 1, epoch: 1 } });

    const reading = saver.getTuple(at(thread, "", id));
    await saver.putWrites(at(thread, "", id), [["ch", 1]], "t");
    open();
    await reading;

    expect((await saver.getTuple(at(thread, "", id)))?.pendingWrites).toEqual([["t", "ch", 1]]);
  });

  it("keeps only so many heads, and reads the others", async () => {
    const saver = savers.saverOf({ claim: { log_start: 1, epoch: 1 }, fresh: true });
    const thread = randomUUID();
    const namespaces = Array.from({ length: 80 }, (_, index) => `child:${index}`);
    for (const [step, checkpoint_ns] of namespaces.entries()) {
      const checkpoint = { ...lg.emptyCheckpoint(), id: uuid6(step) };
      await saver.put(
        { configurable: { thread_id: thread, checkpoint_ns } },
        checkpoint,
        { source: "loop", step, parents: {} },
        {},
      );
    }
    savers.calls.length = 0;

    for (const [step, checkpoint_ns] of namespaces.entries()) {
      const tuple = await saver.getTuple({ configurable: { thread_id: thread, checkpoint_ns } });
      expect(tuple?.metadata?.step).toBe(step);
    }
    expect(await saver.getTuple({ configurable: { thread_id: thread, checkpoint_ns: "never put" } })).toBeUndefined();
    expect(savers.calls.length).toBeGreaterThan(0);
  });

  it("knows nothing more once the thread is deleted", async () => {
    const saver = savers.saverOf({ claim: { log_start: 1, epoch: 1 } });
    const config = onThread();
    const id = uuid6(0);
    await saver.put(config, { ...lg.emptyCheckpoint(), id }, { source: "input", step: -1, parents: {} }, {});
    await saver.getTuple(config);

    await saver.deleteThread(config.configurable.thread_id);

    expect(await saver.getTuple(config)).toBeUndefined();
    expect(await listOf(saver.list(config))).toEqual([]);
  });
});

it("a delta channel's history follows the parents, not what lies between", async () => {
  const saver = savers.saverOf();
  const thread = randomUUID();
  const [root, fork, target] = [uuid6(0), uuid6(1), uuid6(2)];
  const put = (id: string, parent?: string, values: Record<string, unknown> = {}) => {
    const versions = Object.fromEntries(Object.keys(values).map((name) => [name, 1]));
    const checkpoint = { ...lg.emptyCheckpoint(), id, channel_values: values, channel_versions: versions };
    const config = { configurable: { thread_id: thread, ...(parent !== undefined && { checkpoint_id: parent }) } };
    return saver.put(config, checkpoint, { source: "loop", step: 0, parents: {} }, versions);
  };
  await put(root, undefined, { ch: "seed" });
  await saver.putWrites(at(thread, "", root), [["ch", "of the root"]], "t");
  await put(fork, root, { ch: "of the fork" });
  await saver.putWrites(at(thread, "", fork), [["ch", "of the fork"]], "t");
  await put(target, root);

  const history = await saver.getDeltaChannelHistory({ config: at(thread, "", target), channels: ["ch", "none"] });

  expect(history).toEqual({ ch: { writes: [["t", "ch", "of the root"]], seed: "seed" }, none: { writes: [] } });
});

test("a head whose sends are its parent's, although LangGraph 1.0 has taken them away, keeps no outline", async () => {
  const saver = savers.saverOf({
    claim: { log_start: 1, epoch: 1 },
    outlineOf: () => Promise.resolve(() => "outline"),
  });
  const { thread_id } = onThread().configurable;
  const versions = { __pregel_tasks: 1 };
  const outlineAfter = async (sends: string[], isNew: boolean, parent = {}) => {
    const checkpoint = {
      ...lg.emptyCheckpoint(),
      channel_values: { __pregel_tasks: sends },
      channel_versions: versions,
    };
    const config = { configurable: { thread_id, checkpoint_ns: "", ...parent } };
    const put = await saver.put(config, checkpoint, { source: "update", step: 1, parents: {} }, isNew ? versions : {});
    return { put, outline: (await savers.store.head(thread_id, ""))?.outline };
  };

  const first = await outlineAfter(["a send"], true);
  const same = await outlineAfter(["a send"], false, first.put.configurable);
  const taken = await outlineAfter([], false, same.put.configurable);

  expect([first, same, taken].map(({ outline }) => outline)).toEqual(["outline", "outline", undefined]);
});
