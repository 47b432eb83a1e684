/** The pacemaker with its real thread: what it does for a lease while this process's event loop is blocked, and what it must not do. */
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import type { Pacemaker } from "../../functions/core/run/run-ports.ts";
import { BLOCKED_TURNS, LEASE, LOOP_TURN } from "../../functions/core/run/timings.ts";
import { SECOND } from "../../functions/core/units.ts";
import { createPacemaker } from "../../functions/host/pacemaker.ts";
import { silentLogger } from "../http/silent-logger.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { created, hello } from "../support/run-steps.ts";

let table: TestTable;
let pacemaker: Pacemaker;
const stopping = new AbortController();
beforeAll(async () => {
  table = await startTable();
  pacemaker = createPacemaker({ env: table.env, logger: silentLogger(), stopping: stopping.signal });
  // The thread loads its client when it needs it first, which takes long on a busy machine.
  const first = await aClaim();
  const release = pacemaker.hold(first.ref, first.owner, Infinity);
  while ((await first.extendedBy()) === 0) block(NOTICED + SECOND);
  release();
});
afterAll(async () => {
  stopping.abort();
  await table.stop();
});

/** ms after which a blocked loop has been noticed. */
const NOTICED = (BLOCKED_TURNS + 2) * LOOP_TURN;
/** ms in which the thread then beats. */
const BEATEN = 2.5 * SECOND;

/** Nothing of this process's event loop runs meanwhile. */
const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

async function aClaim() {
  const ports = corePorts(table, hello);
  const ref = await created(ports, await aThread(ports));
  const result = await claimRun(ports, ref, { purpose: "run" });
  if (result.kind !== "claimed") throw new Error(result.kind);
  const { owner, lease_until } = result.claim.run;
  const left = async (): Promise<number> => ((await ports.runs.get(ref))?.lease_until ?? Number.NaN) - lease_until;
  return { ref, owner, extendedBy: left };
}

test("R7: extends the lease of a run whose loop is blocked, and of no other", async () => {
  const [held, released, over] = [await aClaim(), await aClaim(), await aClaim()];
  const release = pacemaker.hold(held.ref, held.owner, 60_000);
  pacemaker.hold(released.ref, released.owner, 60_000)();
  pacemaker.hold(over.ref, over.owner, 0);

  block(NOTICED + BEATEN);
  const blocked = await Promise.all([held, released, over].map(({ extendedBy }) => extendedBy()));
  release();
  block(NOTICED);
  const later = await held.extendedBy();

  expect(blocked[0]).toBeGreaterThan(0);
  expect(blocked[0]).toBeLessThanOrEqual(LEASE);
  expect(blocked.slice(1)).toEqual([0, 0]);
  expect(later).toBe(blocked[0]);
});

test("R7: leaves a loop that turns to its own heartbeats", async () => {
  const claim = await aClaim();
  const release = pacemaker.hold(claim.ref, claim.owner, 60_000);

  const until = performance.now() + NOTICED;
  while (performance.now() < until) {
    block(LOOP_TURN / 2);
    await new Promise((resolve) => setTimeout(resolve, LOOP_TURN / 2));
  }
  release();

  expect(await claim.extendedBy()).toBe(0);
});
