/**
 * The pacemaker's thread: while the event loop of its process does not turn, it extends the leases of the process's runs. It shares only a
 * counter with the loop.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Unclear } from "../core/failure/failure.ts";
import { HEARTBEAT_RETRY } from "../core/failure/retry.ts";
import type { Runs } from "../core/run/run-ports.ts";
import type { RunRef } from "../core/run/run-row.ts";
import { BLOCKED_TURNS, HEARTBEAT, LEASE, LOOP_TURN } from "../core/run/timings.ts";
import { systemClock as clock } from "./clock-and-ids.ts";
import type * as ExtendLease from "./extend-lease.ts";
import { besides, type PacemakerMessage, type PacemakerThread } from "./pacemaker.ts";

const { env, turns } = workerData as PacemakerThread;

interface Held {
  run: RunRef;
  /** Monotonic, ms. */
  until: number;
  beatAt: number;
  beating: boolean;
}

const held = new Map<string, Held>();
let lastTurn = Atomics.load(turns, 0);
let missed = 0;

parentPort?.on("message", (message: PacemakerMessage) => {
  const { owner } = message;
  if (message.kind === "release") return void held.delete(owner);
  held.set(owner, { run: message.run, until: clock.monotonic() + message.ms, beatAt: 0, beating: false });
});

setInterval(() => {
  const turn = Atomics.load(turns, 0);
  missed = turn === lastTurn ? missed + 1 : 0;
  lastTurn = turn;
  const now = clock.monotonic();
  for (const [owner, each] of held) {
    if (missed < BLOCKED_TURNS) each.beatAt = 0;
    else if (!each.beating && now >= each.beatAt && now < each.until) void beat(owner, each);
  }
}, LOOP_TURN);

async function beat(owner: string, each: Held): Promise<void> {
  each.beating = true;
  try {
    const extend = await extender();
    const answer = await extend(each.run, owner, { lease_until: clock.now() + LEASE });
    // Another process owns the run now. The loop finds out by itself when it turns again.
    if (answer === "lost") held.delete(owner);
    each.beatAt = clock.monotonic() + HEARTBEAT;
  } catch (error) {
    // What is impossible the loop meets itself when it turns again, and says so.
    if (!(error instanceof Unclear)) held.delete(owner);
    each.beatAt = clock.monotonic() + HEARTBEAT_RETRY;
  } finally {
    each.beating = false;
  }
}

let opened: Promise<Runs["extend"]> | undefined;

/** Loaded when a loop is blocked for the first time, from a file of its own: the client is most of a thread's cost. */
function extender(): Promise<Runs["extend"]> {
  opened ??= (import(besides("extend-lease").href) as Promise<typeof ExtendLease>).then(({ leaseExtender }) =>
    leaseExtender(env),
  );
  return opened;
}
