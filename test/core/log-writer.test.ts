/** The position of a claim: batches, order, retries and the fence, over the real log. */
import { randomUUID } from "node:crypto";
import { Impossible } from "../../functions/core/failure/failure.ts";
import type { Clock } from "../../functions/core/ports.ts";
import type { ThreadLog } from "../../functions/core/log/log-port.ts";
import { LogWriter } from "../../functions/core/log/log-writer.ts";
import { decodeEvents } from "../../functions/core/log/slot-payload.ts";
import { FLUSH_BYTES, FLUSH_HURRIED, HURRIED_EVENTS } from "../../functions/core/log/timings.ts";
import { corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { slowAppends, unclearAppends } from "../support/faults.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

function aWriter(wrap: (log: ThreadLog) => ThreadLog = (log) => log, flush: { flushMs?: number } = {}) {
  const ports = corePorts(table, () => Promise.reject(new Error("no graph here")));
  const thread_id = randomUUID();
  const over = new AbortController();
  const fenced = vi.fn<() => void>();
  const impossible = vi.fn<(error: unknown) => void>();
  const position = { thread_id, run_id: randomUUID(), gen: 1, epoch: 1, owner: "owner", next: 1 };
  /** ms that flushes have waited. */
  const waits: number[] = [];
  const schedule: Clock["schedule"] = (task, ms) => {
    if (ms !== undefined) waits.push(ms);
    return ports.clock.schedule(task, ms);
  };
  const writer = new LogWriter(position, {
    clock: { ...ports.clock, schedule },
    ...flush,
    log: wrap(ports.log),
    onFenced: fenced,
    onImpossible: impossible,
    signal: over.signal,
  });
  const written = async () => {
    const slots = await ports.log.read(thread_id, 0);
    return slots.map(({ payload }) => decodeEvents(payload).map(({ data }) => data));
  };
  return { waits, writer, written, fenced, impossible, over, position, ports };
}

const event = (data: string) => ({ event: "custom", data });

describe("LogWriter", () => {
  it("puts what is emitted in one turn of the event loop into one slot", async () => {
    const { writer, written } = aWriter();

    for (const n of [1, 2, 3]) writer.emit(event(`${n}`), "structural");
    await expect.poll(() => written()).toEqual([["1", "2", "3"]]);
  });

  it("sends the first token at once and lets the following wait for each other", async () => {
    const { writer, written } = aWriter();

    writer.emit(event("1"), "token");
    await expect.poll(() => written()).toEqual([["1"]]);
    writer.emit(event("2"), "token");
    writer.emit(event("3"), "token");

    await expect.poll(() => written()).toEqual([["1"], ["2", "3"]]);
  });

  it("waits longer for the next token after a batch that no model speaks so quickly, and for those of others as before", async () => {
    const { writer, written, waits } = aWriter(undefined, { flushMs: 5 });
    const say = async (count: number): Promise<void> => {
      const before = (await written()).length;
      for (let n = 0; n < count; n++) writer.emit(event(`${n}`), "token");
      await expect.poll(async () => (await written()).length).toBe(before + 1);
    };

    for (const count of [1, HURRIED_EVENTS, 1, 1]) await say(count);

    expect(waits).toEqual([5, FLUSH_HURRIED, 5]);
  });

  it("has one put in flight: a slow store makes the next batch larger", async () => {
    const gate = Promise.withResolvers<void>();
    const { writer, written } = aWriter((log) => slowAppends(log, (n) => (n === 1 ? gate.promise : Promise.resolve())));
    writer.emit(event("1"), "structural");
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

    for (const n of [2, 3, 4]) writer.emit(event(`${n}`), "structural");
    gate.resolve();

    expect(await writer.flush()).toBe("durable");
    expect(await written()).toEqual([["1"], ["2", "3", "4"]]);
  });

  it.each(["before", "after"] as const)("repeats an unclear append with the same bytes (lost %s)", async (when) => {
    const { writer, written, fenced } = aWriter((log) => unclearAppends(log, (n) => (n === 1 ? when : undefined)));

    writer.emit(event("1"), "structural");
    const flushed = writer.flush();
    writer.emit(event("2"), "structural");

    expect(await flushed).toBe("durable");
    expect(await writer.flush()).toBe("durable");
    expect(await written()).toEqual([["1"], ["2"]]);
    expect(fenced).not.toHaveBeenCalled();
  });

  it("is fenced by a foreign record and writes nothing more", async () => {
    const { writer, written, fenced, position, ports } = aWriter();
    const slot = {
      slot: 1,
      run_id: position.run_id,
      gen: 1,
      epoch: 2,
      nonce: "other",
      count: 0,
      payload: Buffer.of(0),
    };
    await ports.log.append(position.thread_id, { ...slot, more: false, parts: 0, written_at: Date.now() });

    writer.emit(event("1"), "structural");

    expect(await writer.flush()).toBe("fenced");
    writer.emit(event("2"), "structural");
    expect(await writer.flush()).toBe("fenced");
    expect(await writer.seal()).toBe("fenced");
    expect(await written()).toEqual([[]]);
    expect(fenced).toHaveBeenCalledOnce();
  });

  it("stops repeating when the claim is over", async () => {
    const { writer, over } = aWriter((log) => unclearAppends(log, () => "before"));

    writer.emit(event("1"), "structural");
    const flushed = writer.flush();
    over.abort();

    expect(await flushed).toBe("fenced");
  });

  it("R5: gives up when a batch can never be written, says once why, and leaves its slot to the end of the run", async () => {
    const error = new Impossible("400 KB");
    const { writer, fenced, impossible } = aWriter((log) => ({ ...log, append: () => Promise.reject(error) }));

    writer.emit(event("1"), "structural");
    const flushed = await writer.flush();
    writer.emit(event("2"), "structural");

    expect(flushed).toBe("fenced");
    expect(fenced).not.toHaveBeenCalled();
    expect(impossible.mock.calls).toEqual([[error]]);
    expect(await writer.seal()).toEqual({ slot: 1, events: [] });
  });

  it("hands the rest to the finish: what is buffered, then what was held", async () => {
    const { writer, written } = aWriter();

    writer.emit(event("interrupt"), "held");
    writer.emit(event("1"), "structural");
    const sealed = await writer.seal();
    writer.emit(event("late"), "structural");

    expect(sealed).toEqual({ slot: 1, events: [event("1"), event("interrupt")] });
    expect(await writer.flush()).toBe("durable");
    expect(await written()).toEqual([]);
  });

  it("writes what is too much for the last slot before it", async () => {
    const { writer, written } = aWriter();
    const large = JSON.stringify("x".repeat(FLUSH_BYTES));

    writer.emit(event(large), "token");
    const sealed = await writer.seal();

    expect(sealed).toEqual({ slot: 2, events: [] });
    expect(await written()).toEqual([[large]]);
  });
});
