/** A reader against rows that are not of one moment: two items of one read may lie on both sides of a transaction. */
import type { TailEvent } from "../../functions/core/log/log-reader.ts";
import { tailRun } from "../../functions/core/log/tail-log.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { aThread, corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

describe("tailRun", () => {
  it.each(["has become active", "has ended"])(
    "begins at a run's first slot though only the thread shows that it %s",
    async (what) => {
      const ports = corePorts(table, completes);
      const thread_id = await aThread(ports);
      const first = await created(ports, thread_id);
      const waiting = await created(ports, thread_id);
      const before = await ports.runs.load(waiting);
      await handleMessage(ports, first, host);
      if (what === "has ended") await handleMessage(ports, waiting, host);
      const torn = Promise.withResolvers<void>();
      const load: typeof ports.runs.load = async (...args) => {
        const { thread, run } = await ports.runs.load(...args);
        torn.resolve();
        return { thread, run: run && before.run };
      };
      const events: TailEvent[] = [];

      const tail = tailRun({ ...ports, runs: { ...ports.runs, load } }, waiting, { cursor: { kind: "start" } });
      const reading = (async () => {
        for await (const batch of tail) events.push(...batch.events);
      })();
      await torn.promise;
      if (what !== "has ended") await handleMessage(ports, waiting, host);
      await reading;

      expect(events.map(({ data }) => data)).toEqual([JSON.stringify({ run_id: waiting.run_id, attempt: 1 })]);
    },
  );

  it("does not wait in the log for a run that was cancelled in the queue", async () => {
    const ports = corePorts(table, completes);
    const thread_id = await aThread(ports);
    await created(ports, thread_id);
    const waiting = await created(ports, thread_id);
    await cancelRun(ports, waiting, "interrupt");
    let reads = 0;
    const read: typeof ports.log.read = (...args) => (reads++, ports.log.read(...args));

    const end = await tailRun({ ...ports, log: { ...ports.log, read } }, waiting, { cursor: { kind: "start" } }).next();

    expect(end).toEqual({ done: true, value: { kind: "ended", status: "interrupted" } });
    expect(reads).toBe(0);
  });

  it("takes a stateless run for no less than ended, though its thread is seen deleted before its end", async () => {
    const ports = corePorts(table, completes);
    const result = await createRun(ports, { thread_id: null, body: runBody() });
    if (result.kind !== "created") throw new Error(result.kind);
    const { run } = result;
    const before = await ports.runs.load(run);
    await handleMessage(ports, run, host);
    let reads = 0;
    const load: typeof ports.runs.load = async (...args) => {
      const rows = await ports.runs.load(...args);
      return reads++ === 0 ? { ...rows, run: before.run } : rows;
    };

    const tail = tailRun({ ...ports, runs: { ...ports.runs, load } }, run, { cursor: { kind: "start" } });
    let step = await tail.next();
    while (!step.done) step = await tail.next();

    expect(step.value).toEqual({ kind: "ended", status: "success" });
  });
});
