/** What a claim may put, and when: over the real log, with a store that only notes. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { randomUUID } from "node:crypto";
import type { CheckpointStore, TaskWrites } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { guardCheckpoints } from "../../functions/core/checkpoint/guard-checkpoints.ts";
import { LogWriter } from "../../functions/core/log/log-writer.ts";
import { OrderedEvents } from "../../functions/core/log/order-events.ts";
import { decodeEvents } from "../../functions/core/log/slot-payload.ts";
import { STORE } from "../../functions/core/failure/retry.ts";
import { corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

function aClaim(putWrites: (events: string[], task_id: string) => Promise<void>, putHead?: CheckpointStore["putHead"]) {
  const ports = corePorts(table, () => Promise.reject(new Error("no graph here")));
  const thread_id = randomUUID();
  const over = new AbortController();
  const stop = () => over.abort();
  const position = { thread_id, run_id: randomUUID(), gen: 1, epoch: 1, owner: "owner", next: 1 };
  const { clock, log, checkpoints } = ports;
  const writer = new LogWriter(position, { clock, log, onFenced: stop, onImpossible: stop, signal: over.signal });
  const events = new OrderedEvents(writer, clock);
  const told = async () => {
    const slots = await log.read(thread_id, 0, { consistent: true });
    return slots.flatMap(({ payload }) => decodeEvents(payload).map(({ data }) => data));
  };
  const store: CheckpointStore = {
    ...checkpoints,
    ...(putHead && { putHead }),
    putWrites: async ({ task_id }) => putWrites(await told(), task_id),
  };
  const writes: TaskWrites = { thread_id, ns: "", checkpoint_id: "c", task_id: "t", task_path: "", writes: [] };
  const guarded = guardCheckpoints(store, events, clock, { over: over.signal, temporary: false });
  const head = (checkpoint_id: string, parent_id: string, ns = "") => {
    const empty = { type: "json", elements: [] };
    const place = { thread_id, ns, checkpoint_id, parent_id };
    return guarded.store.putHead({ ...place, metadata: {}, checkpoint: empty, channels: {} });
  };
  return {
    events,
    told,
    over,
    head,
    newest: () => guarded.newest(),
    idle: () => guarded.idle(),
    settled: () => guarded.settled(),
    put: (task_id = "t") => guarded.store.putWrites({ ...writes, task_id }),
  };
}

describe("the checkpoints of a claim", () => {
  it("keep a task's writes only when the log has what it emitted", async () => {
    const written: string[][] = [];
    const { events, put } = aClaim((told) => Promise.resolve(void written.push(told)));

    events.emit({ event: "messages", data: "1" }, "token");
    events.emit({ event: "messages", data: "2" }, "token");
    await put();

    expect(written).toEqual([["1", "2"]]);
  });

  it("are put again while the answer is unclear, and fail for good in the end", async () => {
    let tries = 0;
    const { put, settled } = aClaim(() => (++tries < 3 ? Promise.reject(new Unclear("no answer")) : Promise.resolve()));
    expect(settled()).toBe(true);
    await put();
    expect(tries).toBe(3);
    // One of the three may still arrive.
    expect(settled()).toBe(false);

    let failures = 0;
    const never = aClaim(() => Promise.reject(new Unclear(`no answer ${++failures}`)));
    await expect(never.put()).rejects.toThrow("no answer");
    expect(failures).toBe(STORE.tries);
  });

  it("are not put once the claim is over", async () => {
    let tries = 0;
    const { over, put } = aClaim(() => Promise.resolve(void tries++));

    over.abort();

    await expect(put()).rejects.toThrow("over");
    expect(tries).toBe(0);
  });

  it("put a head only when the writes before its parent have arrived; those to its parent may be under way", async () => {
    const arriving = Promise.withResolvers<void>();
    const { head, newest, put } = aClaim(() => arriving.promise);
    const writing = put();

    await head("d", "c");
    const grandchild = head("e", "d");
    await head("d2", "c");
    const meanwhile = newest();
    arriving.resolve();
    await Promise.all([writing, grandchild]);

    expect([meanwhile, newest()]).toEqual(["d2", "e"]);
  });

  it("say by a head that older heads have arrived, of other namespaces too", async () => {
    const puts: string[] = [];
    const root = Promise.withResolvers<void>();
    const { head } = aClaim(
      () => Promise.resolve(),
      ({ checkpoint_id }) => {
        puts.push(checkpoint_id);
        return checkpoint_id === "1" ? root.promise : Promise.resolve();
      },
    );

    const both = Promise.all([head("1", "0"), head("2", "", "sub:1")]);
    await expect.poll(() => puts).toEqual(["1"]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(puts).toEqual(["1"]);
    root.resolve();
    await both;

    expect(puts).toEqual(["1", "2"]);
  });

  it("are idle when what was under way at the claim's end has arrived", async () => {
    const [reached, arriving] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const order: string[] = [];
    const { idle, over, put } = aClaim(async () => {
      reached.resolve();
      await arriving.promise;
      order.push("arrived");
    });
    const writing = put();
    await reached.promise;

    over.abort();
    const resting = idle().then(() => order.push("idle"));
    await new Promise(setImmediate);
    arriving.resolve();
    await Promise.all([writing, resting]);

    expect(order).toEqual(["arrived", "idle"]);
  });

  it("R8: are there before what announces their task, and what came behind that keeps its place", async () => {
    const [reached, arriving] = [Promise.withResolvers<string[]>(), Promise.withResolvers<void>()];
    const { events, told, put } = aClaim((before) => {
      reached.resolve(before);
      return arriving.promise;
    });

    events.emit({ event: "messages", data: "token" }, "token");
    const writing = put();
    events.announce({ event: "updates", data: "done" }, "");
    const before = await reached.promise;
    events.emit({ event: "messages", data: "next" }, "token");
    arriving.resolve();
    await Promise.all([writing, events.flush()]);

    expect(before).toEqual(["token"]);
    expect(await told()).toEqual(["token", "done", "next"]);
  });

  it("R8: of two tasks at once do not wait for each other's announcements, only for what came before them", async () => {
    const [reached, arriving] = [Promise.withResolvers<string[]>(), Promise.withResolvers<void>()];
    const { events, told, put } = aClaim((before, task_id) => {
      if (task_id === "two") reached.resolve(before);
      return task_id === "one" ? arriving.promise : Promise.resolve();
    });

    const one = put("one");
    events.announce({ event: "updates", data: "one is done" }, "");
    events.emit({ event: "messages", data: "a token of two" }, "token");
    const two = put("two");
    events.announce({ event: "updates", data: "two is done" }, "");
    expect(await reached.promise).toEqual(["a token of two"]);
    arriving.resolve();
    await Promise.all([one, two, events.flush()]);

    expect(await told()).toEqual(["a token of two", "one is done", "two is done"]);
  });

  it("R8: that never arrive are never announced; what another graph's tasks have done is", async () => {
    const { events, told, put } = aClaim(() => Promise.reject(new Unclear("no answer")));

    const writing = put();
    events.announce({ event: "updates", data: "done" }, "");
    events.announce({ event: "updates|inner:1", data: "inner" }, "inner:1");
    await expect(writing).rejects.toThrow("no answer");
    await events.close();
    events.emit({ event: "messages", data: "late" }, "token");
    await events.flush();

    expect(await told()).toEqual(["inner"]);
  });
});
