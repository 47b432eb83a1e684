/** What can never be done: it is asked for once, told once with its cause, and the run ends with an error where that can be written. */
import { Impossible, Unclear } from "../../functions/core/failure/failure.ts";
import type { Ports } from "../../functions/core/ports.ts";
import { APPEND, FINISH, startTries, STORE } from "../../functions/core/failure/retry.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import {
  HEARTBEAT,
  LEASE,
  RUN_START_TIMEOUT,
  SWEEP_CONCURRENCY,
  SWEEP_PATIENCE,
} from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { silentLogger } from "../http/silent-logger.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, hello, host, statusOf } from "../support/run-steps.ts";
import { PATIENCE } from "../support/patience.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const denied = new Impossible("the table refuses it: AccessDeniedException");
const defect = new TypeError("Cannot read properties of undefined");

/** Runs once, with ports that are changed after the run was created. Counts the calls that are refused. */
async function runWith(
  change: (ports: CorePorts, refuse: (error: Error) => Promise<never>) => Partial<Ports>,
  script: Script = hello,
  claimsBefore = 0,
) {
  const logger = silentLogger();
  const ports = { ...corePorts(table, script), logger };
  const run = await created(ports, await aThread(ports));
  for (let n = 0; n < claimsBefore; n++) {
    await claimRun(ports, run, { purpose: "run" });
    ports.advance(LEASE + 1);
  }
  let refused = 0;
  const refuse = async (error: Error): Promise<never> => {
    refused++;
    throw error;
  };
  const executed = await handleMessage({ ...ports, ...change(ports, refuse) }, run, host);
  const row = await ports.runs.get(run);
  const failures = logger.lines
    .filter(({ level }) => level !== "info")
    .map(({ level, message, fields }) => [level, message, fields["error"]]);
  return { executed, refused, failures, end: row && "error" in row ? row.error : row?.status };
}

const event = { event: "custom", data: '"once"' };

/** Emits, and goes on until it is told to stop. */
const untilStopped: Script = (_invocation, { sink, signal }) =>
  new Promise((resolve) => {
    sink.emit(event, "structural");
    signal.addEventListener("abort", () => resolve({ kind: "aborted", unfinished: true, interrupts: {} }));
  });

const runLost = (message: string) => ({ error: "RunLost", message });

test("R5: a finish behind a right that is missing is called once, told once, and the run ends with an error", async () => {
  const result = await runWith((ports, refuse) => ({
    runs: {
      ...ports.runs,
      finish: (all) => (all.result.status === "success" ? refuse(denied) : ports.runs.finish(all)),
    },
  }));

  expect(result).toEqual({
    executed: "finished",
    refused: 1,
    failures: [["error", "the end cannot be written", String(denied)]],
    end: runLost(`the end of the run cannot be written: ${String(denied)}`),
  });
});

describe("R5: the run ends with an error, after one call and one line, when", () => {
  const endsWith = (error: Error) => ({
    executed: "finished",
    refused: 1,
    failures: [["error", "the run cannot go on", String(error)]],
    end: runLost(`the run cannot go on: ${String(error)}`),
  });

  test.each([denied, defect])("its events can never be written: %s", async (error) => {
    const result = await runWith(
      (ports, refuse) => ({ log: { ...ports.log, append: () => refuse(error) } }),
      untilStopped,
    );

    expect(result).toEqual(endsWith(error));
  });

  test("its graph had ended with success before its last events failed", async () => {
    const ended = Promise.withResolvers<void>();
    const result = await runWith(
      (ports, refuse) => ({ log: { ...ports.log, append: () => ended.promise.then(() => refuse(defect)) } }),
      async (_invocation, { sink }) => {
        sink.emit(event, "structural");
        // Its put begins at the end of this turn, and is under way when the graph ends.
        await systemClock.turn();
        systemClock.schedule(() => ended.resolve());
        return completed;
      },
    );

    expect(result).toEqual(endsWith(defect));
  });

  test("its lease can never be extended", async () => {
    let advance = (_ms: number): void => undefined;
    const result = await runWith(
      (ports, refuse) => {
        advance = (ms) => ports.advance(ms);
        return { runs: { ...ports.runs, extend: () => refuse(denied) } };
      },
      async (...args) => {
        await systemClock.turn();
        advance(HEARTBEAT);
        return untilStopped(...args);
      },
    );

    expect(result).toEqual(endsWith(denied));
  });

  test("the claims before it can never be sealed", async () => {
    const result = await runWith(
      (ports, refuse) => {
        let asked = 0;
        const seal: typeof ports.checkpoints.seal = (...args) =>
          asked++ === 0 ? refuse(defect) : ports.checkpoints.seal(...args);
        return { checkpoints: { ...ports.checkpoints, seal } };
      },
      hello,
      1,
    );

    expect(result).toEqual(endsWith(defect));
  });
});

describe("a sweep", () => {
  /** Runs that are due, of which the first ones are poisoned. */
  async function dueRuns(healthy: number, poisoned: number) {
    const ports = corePorts(table, hello);
    const runs: RunRef[] = [];
    for (let n = 0; n < healthy + poisoned; n++) runs.push(await created(ports, await aThread(ports)));
    ports.advance(RUN_START_TIMEOUT + LEASE);
    return { ports, bad: new Set(runs.slice(0, poisoned).map(({ run_id }) => run_id)), good: runs.slice(poisoned) };
  }

  test("R5: in which one run always throws ends all others", async () => {
    const logger = silentLogger();
    const { ports, bad, good } = await dueRuns(5, 1);
    const load: typeof ports.runs.load = (ref, ...rest) =>
      bad.has(ref.run_id) ? Promise.reject(defect) : ports.runs.load(ref, ...rest);

    await sweep({ ...ports, logger, runs: { ...ports.runs, load } });

    expect(await Promise.all(good.map((ref) => statusOf(ports, ref)))).toEqual(good.map(() => "error"));
    const told = logger.lines.filter(({ fields }) => bad.has(String(fields["run_id"])));
    expect(told.map(({ level, fields }) => [level, fields["error"]])).toEqual([["error", String(defect)]]);
  });

  test("R5: whose places are all taken by runs that never answer goes on with the others", async () => {
    const { ports, bad, good } = await dueRuns(3, SWEEP_CONCURRENCY);
    const gate = Promise.withResolvers<void>();
    const load: typeof ports.runs.load = async (ref, ...rest) => {
      if (bad.has(ref.run_id)) await gate.promise;
      return ports.runs.load(ref, ...rest);
    };

    const sweeping = sweep({ ...ports, runs: { ...ports.runs, load } });
    await vi.waitUntil(async () => {
      ports.advance(SWEEP_PATIENCE);
      return (await Promise.all(good.map((ref) => statusOf(ports, ref)))).every((status) => status === "error");
    }, PATIENCE);
    gate.resolve();
    await sweeping;

    expect(await statusOf(ports, { thread_id: good[0]?.thread_id ?? "", run_id: good[0]?.run_id ?? "" })).toBe("error");
  });
});

describe("a policy", () => {
  const clock = { ...systemClock, sleep: () => Promise.resolve() };

  test.each([STORE, APPEND, FINISH])("repeats only what is unclear: $repeats", async (policy) => {
    const tries = startTries(policy, clock);

    await expect(tries.again(denied)).rejects.toBe(denied);
    await expect(tries.again(defect)).rejects.toBe(defect);
    await expect(tries.again(new Unclear("no answer"))).resolves.toBeUndefined();
  });
});
