/** The finish against what happens while it is under way, over the real storage. */
import { Impossible, Unclear } from "../../functions/core/failure/failure.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { CANCEL_POLL } from "../../functions/core/run/timings.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

describe("the finish of a run", () => {
  it("acts on the cancel that it is conditional on, though the poll sees one in between", async () => {
    const ports = corePorts(table, completes);
    const run = await created(ports, await aThread(ports));
    const polled = Promise.withResolvers<void>();
    let finishes = 0;
    let reads = 0;
    const runs: typeof ports.runs = {
      ...ports.runs,
      // So the thread row is read anew, and the cancel comes while it is.
      finish: (all) => (finishes++ === 0 ? Promise.resolve("contended") : ports.runs.finish(all)),
      get: async (ref) => {
        const row = await ports.runs.get(ref);
        if (row?.cancel) setImmediate(() => polled.resolve());
        return row;
      },
    };
    const get: typeof ports.threads.get = async (thread_id) => {
      // The first time it is the tail of the log that is looked for.
      if (finishes === 1 && ++reads === 2) {
        await cancelRun(ports, run, "interrupt");
        ports.advance(CANCEL_POLL);
        await polled.promise;
      }
      return ports.threads.get(thread_id);
    };

    await handleMessage({ ...ports, runs, threads: { ...ports.threads, get } }, run, host);

    expect((await ports.runs.get(run))?.status).toBe("interrupted");
  });

  it("sends the next run also when its answer was lost", async () => {
    const ports = corePorts(table, completes);
    const thread_id = await aThread(ports);
    const run = await created(ports, thread_id);
    const next = await created(ports, thread_id);
    ports.sent.length = 0;
    const finish: typeof ports.runs.finish = async (all) => {
      await ports.runs.finish(all);
      throw new Unclear("the answer was lost");
    };

    const executed = await handleMessage({ ...ports, runs: { ...ports.runs, finish } }, run, host);

    expect(executed).toBe("finished");
    expect(ports.sent.map(({ run_id }) => run_id)).toEqual([next.run_id]);
  });

  it.each([
    ["a right that is missing", new Impossible("the table refuses it: AccessDeniedException")],
    ["a defect of ours", new TypeError("Cannot read properties of undefined")],
  ])("is not repeated after %s: one other end is tried, and the refusal logged once", async (_what, error) => {
    const errors: string[] = [];
    const ports = corePorts(table, completes);
    const run = await created(ports, await aThread(ports));
    let finishes = 0;
    const finish = () => (finishes++, Promise.reject(error));
    const logger = { ...ports.logger, error: (message: string) => void errors.push(message) };

    const executed = handleMessage({ ...ports, logger, runs: { ...ports.runs, finish } }, run, host);

    await expect(executed).rejects.toThrow(error);
    expect(finishes).toBe(2);
    expect(errors).toEqual(["the end cannot be written"]);
  });
});
