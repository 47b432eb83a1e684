/** The rules of the checkpointer's contract that LangGraph's own suite does not ask for. */
import { randomBytes, randomUUID } from "node:crypto";
import * as lg from "@langchain/langgraph";
import { uuid6 } from "@langchain/langgraph-checkpoint";
import { listOf, onThread, openSavers, type Savers } from "../support/savers.ts";

let savers: Savers;
let saverOf: Savers["saverOf"];
beforeAll(async () => {
  savers = await openSavers();
  ({ saverOf } = savers);
});
afterAll(async () => {
  await savers.stop();
});

const at = (thread_id: string, checkpoint_id: string, checkpoint_ns = "") => ({
  configurable: { thread_id, checkpoint_ns, checkpoint_id },
});
const checkpointOf = (id: string, channel_values: Record<string, unknown> = {}) => ({
  ...lg.emptyCheckpoint(),
  id,
  channel_values,
  channel_versions: Object.fromEntries(Object.keys(channel_values).map((name) => [name, 1])),
});
const metadata = (step = 0, more: object = {}) => ({ source: "loop" as const, step, parents: {}, ...more });

describe("the contract beyond the official suite", () => {
  it("pending writes come by task path, task id and index, by code point", async () => {
    const [saver, thread, id] = [saverOf(), randomUUID(), uuid6(0)];
    await saver.put({ configurable: { thread_id: thread } }, checkpointOf(id), metadata(), {});
    await saver.putWrites(at(thread, id), [["ch", "3"]], "a", "~\u{1f600}");
    await saver.putWrites(at(thread, id), [["ch", "2"]], "b", "~\uffff");
    await saver.putWrites(at(thread, id), [["ch", "1"]], "c", "~a");
    await saver.putWrites(at(thread, id), [["ch", "0"]], "d");

    expect((await saver.getTuple(at(thread, id)))?.pendingWrites).toEqual([
      ["d", "ch", "0"],
      ["c", "ch", "1"],
      ["b", "ch", "2"],
      ["a", "ch", "3"],
    ]);
  });

  it("in a mixed call ordinary writes are kept and errors overwritten", async () => {
    const [saver, thread, id] = [saverOf(), randomUUID(), uuid6(0)];
    await saver.put({ configurable: { thread_id: thread } }, checkpointOf(id), metadata(), {});
    await saver.putWrites(
      at(thread, id),
      [
        ["ch", "first"],
        ["__error__", "first"],
      ],
      "t",
    );
    await saver.putWrites(
      at(thread, id),
      [
        ["ch", "second"],
        ["__error__", "second"],
      ],
      "t",
    );

    expect((await saver.getTuple(at(thread, id)))?.pendingWrites).toEqual([
      ["t", "__error__", "second"],
      ["t", "ch", "first"],
    ]);
  });

  it("list is newest first across namespaces", async () => {
    const [saver, thread] = [saverOf(), randomUUID()];
    const ids = Array.from({ length: 6 }, (_, step) => uuid6(step));
    for (const [step, id] of ids.entries()) {
      const checkpoint_ns = step % 2 ? "child" : "";
      await saver.put({ configurable: { thread_id: thread, checkpoint_ns } }, checkpointOf(id), metadata(step), {});
    }

    const listed = await listOf(saver.list({ configurable: { thread_id: thread } }));
    expect(listed.map(({ checkpoint }) => checkpoint.id)).toEqual(ids.toReversed());
    const one = await listOf(saver.list({ configurable: { thread_id: thread, checkpoint_id: ids[3] } }));
    expect(one.map(({ checkpoint }) => checkpoint.id)).toEqual([ids[3]]);
  });

  it("bytes written before their checkpoint come back as bytes", async () => {
    const [saver, thread, id] = [saverOf(), randomUUID(), uuid6(0)];
    const bytes = new Uint8Array(randomBytes(50));
    await saver.putWrites(at(thread, id), [["ch", bytes]], "t");
    await saver.put({ configurable: { thread_id: thread } }, checkpointOf(id, { ch: bytes }), metadata(), { ch: 1 });

    const tuple = await saver.getTuple(at(thread, id));
    expect(tuple?.pendingWrites).toEqual([["t", "ch", bytes]]);
    expect(tuple?.checkpoint.channel_values).toEqual({ ch: bytes });
  });

  it("a nested filter is containment", async () => {
    const [saver, thread] = [saverOf(), randomUUID()];
    const config = { configurable: { thread_id: thread } };
    await saver.put(config, checkpointOf(uuid6(0)), metadata(0, { owner: { id: 1, team: "x" } }), {});
    await saver.put(config, checkpointOf(uuid6(1)), metadata(1, { owner: { id: 2, team: "x" } }), {});

    const steps = async (filter: object) =>
      (await listOf(saver.list(config, { filter }))).map((tuple) => tuple.metadata?.step);
    expect(await steps({ owner: { id: 2 } })).toEqual([1]);
    expect(await steps({ owner: { team: "x" } })).toEqual([1, 0]);
    expect(await steps({ owner: { id: 3 } })).toEqual([]);
  });

  it("fifteen writes of one task keep their order", async () => {
    const [saver, thread, id] = [saverOf(), randomUUID(), uuid6(0)];
    const writes = Array.from({ length: 15 }, (_, index): [string, number] => ["ch", index]);
    await saver.put({ configurable: { thread_id: thread } }, checkpointOf(id), metadata(), {});
    await saver.putWrites(at(thread, id), writes, "t");

    expect((await saver.getTuple(at(thread, id)))?.pendingWrites?.map(([, , value]) => value)).toEqual(
      writes.map(([, index]) => index),
    );
  });

  it("refuses what has no address, and stores nothing of it", async () => {
    const [saver, thread, before] = [saverOf(), randomUUID(), savers.calls.length];

    await expect(saver.putWrites(onThread(thread), [["ch", 1]], "t")).rejects.toThrow(/checkpoint_id/);
    await expect(saver.putWrites({ configurable: {} }, [["ch", 1]], "t")).rejects.toThrow(/thread_id/);
    await expect(saver.put({}, checkpointOf(uuid6(0)), metadata(), {})).rejects.toThrow(/thread_id/);
    await expect(listOf(saver.list({ configurable: {} }))).rejects.toThrow(/thread_id/);
    expect(await saver.getTuple({ configurable: {} })).toBeUndefined();
    expect(savers.calls).toHaveLength(before);
  });

  it("what the serde cannot say is absent, and spoils nothing else", async () => {
    const [saver, thread, id] = [saverOf(), randomUUID(), uuid6(0)];
    const values = { fn: () => 1, ok: 1 };
    await saver.put(onThread(thread), checkpointOf(id, values), metadata(), { fn: 1, ok: 1 });
    await saver.putWrites(
      at(thread, id),
      [
        ["fn", values.fn],
        ["ok", undefined],
      ],
      "t",
    );

    const tuple = await saver.getTuple(onThread(thread));
    expect(tuple?.checkpoint.channel_values).toEqual({ ok: 1 });
    expect(tuple?.pendingWrites).toEqual([
      ["t", "fn", undefined],
      ["t", "ok", undefined],
    ]);
  });

  it("a value is what it was when it was put, and what is handed out can be changed", async () => {
    const [saver, thread, id] = [saverOf({ claim: { log_start: 1, epoch: 1 }, fresh: true }), randomUUID(), uuid6(0)];
    const list = ["as put"];
    const bytes = new Uint8Array([1]);
    const putting = saver.put({ configurable: { thread_id: thread } }, checkpointOf(id, { list, bytes }), metadata(), {
      list: 1,
      bytes: 1,
    });
    list.push("later");
    await putting;
    const first = await saver.getTuple({ configurable: { thread_id: thread } });
    const values = first?.checkpoint.channel_values as { list: string[]; bytes: Uint8Array };
    values.list.push("by the reader");
    values.bytes[0] = 9;

    const second = await saver.getTuple({ configurable: { thread_id: thread } });
    expect(second?.checkpoint.channel_values).toEqual({ list: ["as put"], bytes: new Uint8Array([1]) });
  });
});
