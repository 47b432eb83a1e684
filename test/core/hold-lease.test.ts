/** The heartbeat of a claim when its event loop is blocked, and when the table is silent. */
import { Impossible, Unclear } from "../../functions/core/failure/failure.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { holdLease } from "../../functions/core/run/execute/hold-lease.ts";
import type { Runs } from "../../functions/core/run/run-ports.ts";
import { HEARTBEAT, LEASE, LOOP_TURN } from "../../functions/core/run/timings.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { created, hello } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

/** A claim that is held: `extend` stands between its heartbeat and the table. */
async function held(
  extend: (real: () => ReturnType<Runs["extend"]>, advance: (ms: number) => void) => Promise<"extended" | "lost">,
) {
  const ports = corePorts(table, hello);
  const ref = await created(ports, await aThread(ports));
  const result = await claimRun(ports, ref, { purpose: "run" });
  if (result.kind !== "claimed") throw new Error(result.kind);
  const advance = (ms: number): void => ports.advance(ms);
  const runs: Runs = { ...ports.runs, extend: (...args) => extend(() => ports.runs.extend(...args), advance) };
  const stop = new AbortController();
  let lost = false;
  const refused: unknown[] = [];
  const holding = holdLease(
    { ...ports, runs },
    result.claim,
    {
      lost: () => ((lost = true), stop.abort()),
      cancelled: () => undefined,
      impossible: (error) => (refused.push(error), stop.abort()),
    },
    stop.signal,
  );
  return { advance, stop, holding, isLost: () => lost, refused };
}

describe("R5, R7: a loop that is blocked", () => {
  test("for nearly a lease before a heartbeat, and again before its answer is read, loses no lease", async () => {
    const answers: string[] = [];
    const claim = await held(async (real, advance) => {
      const answer = await real();
      // Timers come before the answer that has arrived meanwhile.
      advance(LEASE);
      await new Promise((resolve) => setImmediate(resolve));
      answers.push(answer);
      if (answers.length === 2) claim.stop.abort();
      return answer;
    });

    claim.advance(LEASE - 1);
    await expect.poll(() => answers.length === 1 || claim.isLost()).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    claim.advance(LEASE - 1);
    await claim.holding;

    expect(claim.isLost()).toBe(false);
    expect(answers).toEqual(["extended", "extended"]);
  });

  test("while a request fails by its time-out asks again", async () => {
    let asked = 0;
    const claim = await held(async (real, advance) => {
      if (++asked > 1) return real().finally(() => claim.stop.abort());
      advance(LEASE);
      throw new Unclear("time-out");
    });

    claim.advance(LEASE - 1);
    await claim.holding;

    expect(claim.isLost()).toBe(false);
    expect(asked).toBe(2);
  });
});

test("a table that is silent for a lease, while the loop turns, is taken for a lost lease", async () => {
  let asked = 0;
  const claim = await held(() => (asked++, new Promise(() => undefined)));

  claim.advance(HEARTBEAT);
  await expect.poll(() => asked).toBe(1);
  for (let turns = 0; turns < LEASE / LOOP_TURN && !claim.isLost(); turns++) {
    claim.advance(LOOP_TURN);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await claim.holding;

  expect(claim.isLost()).toBe(true);
  expect(asked).toBe(1);
});

test("a heartbeat that the table refuses for ever is not repeated: the run is told why", async () => {
  let asked = 0;
  const error = new Impossible("AccessDeniedException");
  const claim = await held(() => (asked++, Promise.reject(error)));

  claim.advance(HEARTBEAT);
  await claim.holding;

  expect(claim.isLost()).toBe(false);
  expect(claim.refused).toEqual([error]);
  expect(asked).toBe(1);
});
