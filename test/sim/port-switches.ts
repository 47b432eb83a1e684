/** Rules that live in what a use case asks of its ports, or does with the answer. Each takes one rule out. */
import { Impossible, Unclear } from "../../functions/core/failure/failure.ts";
import { logTail } from "../../functions/core/log/log-tail.ts";
import { decodeEvents, encodeEvents } from "../../functions/core/log/slot-payload.ts";
import type { Slot } from "../../functions/core/log/slot.ts";
import type { Ports } from "../../functions/core/ports.ts";
import type { Claim } from "../../functions/core/run/claim.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { executeRun, type RunHost } from "../../functions/core/run/execute/execute-run.ts";
import type { RunRef, RunRow } from "../../functions/core/run/run-row.ts";
import { NO_PROGRESS_CLAIMS } from "../../functions/core/run/timings.ts";
import type { ThreadRow } from "../../functions/core/thread/thread-row.ts";
import { endsUnclaimed, refusedClaimGuessesOpening, refusedClaimSaysNothing, UNCLAIMED } from "./request-switches.ts";
import type { Switches } from "./switches.ts";

/** A worker that changes something between its claim and its first write. */
const afterClaim = (change: (ports: Ports, claim: Claim) => Promise<void>): Switches => ({
  handle: async (ports: Ports, ref: RunRef, host: RunHost) => {
    const result = await claimRun(ports, ref, { purpose: "run" });
    if (result.kind !== "claimed") return "held";
    await change(ports, result.claim);
    return executeRun(ports, result.claim, host);
  },
});

export const tailReadBeforeOwnership = afterClaim(async (ports, claim) => {
  claim.tail = await logTail(ports, claim.run.thread_id);
});

export const firstAppendAtLogStart = afterClaim(async (ports, claim) => {
  if (claim.run.opening !== "first") return;
  claim.tail = await logTail(ports, claim.run.thread_id);
  claim.run = { ...claim.run, opening: "none" };
});

/** Rows as they are read, changed. */
const onRead = (
  ports: Ports,
  change: { thread?: (row: ThreadRow) => ThreadRow; run?: (row: RunRow) => RunRow },
): Pick<Ports, "runs" | "threads"> => {
  const asThread = (row: ThreadRow | undefined) => row && (change.thread?.(row) ?? row);
  const asRun = (row: RunRow | undefined) => row && (change.run?.(row) ?? row);
  return {
    threads: { ...ports.threads, get: async (id) => asThread(await ports.threads.get(id)) },
    runs: {
      ...ports.runs,
      get: async (ref) => asRun(await ports.runs.get(ref)),
      load: async (...args) => {
        const { thread, run, ...rest } = await ports.runs.load(...args);
        return { ...rest, thread: asThread(thread), run: asRun(run) };
      },
    },
  };
};

/** The row's tail is not read; what writes the row keeps it. */
export const tailIsMaxOfRowAndLog: Switches = {
  ports: (ports) => {
    let known = 0;
    const kept = (row: ThreadRow): ThreadRow => ({ ...row, log_tail: Math.max(row.log_tail, known) });
    const { threads, runs } = onRead(ports, {
      thread: (row) => {
        known = row.log_tail;
        return { ...row, log_tail: 0 };
      },
    });
    return {
      ...ports,
      threads: { ...threads, put: (write, nonce) => threads.put({ ...write, row: kept(write.row) }, nonce) },
      runs: {
        ...runs,
        create: (all) => runs.create({ ...all, thread: { ...all.thread, row: kept(all.thread.row) } }),
        admit: (all) => runs.admit({ ...all, thread: { ...all.thread, row: kept(all.thread.row) } }),
        endQueued: (all) => runs.endQueued({ ...all, thread: { ...all.thread, row: kept(all.thread.row) } }),
      },
    };
  },
};

/** A put whose answer is unclear is repeated with one event more. */
export const retrySameBytes: Switches = {
  ports: (ports) => {
    const unclear = new Set<string>();
    const grown = (slot: Slot): Slot => {
      const events = [...decodeEvents(slot.payload), { event: "custom", data: '"grown"' }];
      return { ...slot, count: events.length, payload: encodeEvents(events) };
    };
    const append: Ports["log"]["append"] = async (thread_id, slot) => {
      const isRetry = unclear.has(slot.nonce) && !slot.more && slot.parts === 0 && slot.count > 0;
      try {
        return await ports.log.append(thread_id, isRetry ? grown(slot) : slot);
      } catch (error) {
        unclear.add(slot.nonce);
        throw error;
      }
    };
    return { ...ports, log: { ...ports.log, append } };
  },
};

/** Whatever parts lie before a slot are taken for its own. */
export const foreignRecordVoidsParts: Switches = {
  ports: (ports, process) => {
    if (process.role !== "reader") return ports;
    let parts = 0;
    const taken = (slot: Slot): Slot => {
      if (slot.more) {
        parts++;
        return slot;
      }
      const own = { ...slot, parts };
      parts = 0;
      return own;
    };
    const read: Ports["log"]["read"] = async (...args) => (await ports.log.read(...args)).map(taken);
    return { ...ports, log: { ...ports.log, read } };
  },
};

/** A row that is read with the owner of a claim that has got no answer. */
const onOwnClaim =
  (change: (row: RunRow & { status: "running" }) => RunRow): NonNullable<Switches["ports"]> =>
  (ports) => {
    const unanswered = new Set<string>();
    const { runs } = onRead(ports, {
      run: (row) => (row.status === "running" && unanswered.has(row.owner) ? change(row) : row),
    });
    const claim: Ports["runs"]["claim"] = async (seen, update) => {
      unanswered.add(update.owner);
      const result = await runs.claim(seen, update);
      if (result.kind === "claimed") unanswered.delete(update.owner);
      return result;
    };
    return { ...ports, runs: { ...runs, claim } };
  };

export const claimWritesNonce: Switches = {
  ...refusedClaimSaysNothing,
  ports: onOwnClaim((row) => ({ ...row, owner: "somebody" })),
};

export const claimRecordsOpening: Switches = {
  ...refusedClaimGuessesOpening,
  ports: onOwnClaim((row) => ({ ...row, opening: row.attempt === 1 ? "first" : "epoch" })),
};

export const heartbeatRetries: Switches = {
  ports: (ports) => ({
    ...ports,
    runs: { ...ports.runs, extend: (...args) => ports.runs.extend(...args).catch(() => "extended") },
  }),
};

/** By their ids, which the clocks of those who made them order. */
export const queueListOnThread: Switches = {
  ports: (ports) => ({ ...ports, ...onRead(ports, { thread: (row) => ({ ...row, queue: row.queue.toSorted() }) }) }),
};

export const endOnlyAfterClaim: Switches = {
  ...endsUnclaimed,
  ports: (ports, process) => ({
    ...ports,
    runs: {
      ...ports.runs,
      claim: (seen, update) => {
        if (update.opening !== "none") return ports.runs.claim(seen, update);
        const { epoch } = seen;
        const row = {
          ...seen,
          status: "running" as const,
          owner: `${UNCLAIMED}${process.name}`,
          opening: update.opening,
          epoch,
        };
        return Promise.resolve({ kind: "claimed", row });
      },
    },
  }),
};

export const queuedCancelWritesNoSlot: Switches = {
  ports: (ports) => ({
    ...ports,
    runs: {
      ...ports.runs,
      endQueued: async (end) => {
        const result = await ports.runs.endQueued(end);
        const { thread_id, run_id } = end.run;
        const slot = (await logTail(ports, thread_id)) + 1;
        const record = { slot, run_id, gen: end.thread.row.gen, epoch: 0, nonce: `${run_id}.end`, count: 0, parts: 0 };
        if (result === "finished")
          await ports.log.append(thread_id, {
            ...record,
            payload: encodeEvents([]),
            more: false,
            written_at: ports.clock.now(),
            end: end.status,
          });
        return result;
      },
    },
  }),
};

export const limitCountsNoProgressClaims: Switches = {
  ports: (ports) => ({
    ...ports,
    runs: { ...ports.runs, claim: (seen, update) => ports.runs.claim(seen, { ...update, no_progress_claims: 0 }) },
  }),
};

/** What the table never takes seems to be a call without an answer, and is repeated. */
export const everyEndIsWritable: Switches = {
  ports: (ports) => ({
    ...ports,
    runs: {
      ...ports.runs,
      finish: (transaction) =>
        ports.runs.finish(transaction).catch((error: unknown) => {
          throw error instanceof Impossible ? new Unclear(error.message) : error;
        }),
    },
  }),
};

const forSweeper = (change: (row: RunRow, now: number) => RunRow): Switches => ({
  ports: (ports, process) =>
    process.role === "sweeper"
      ? { ...ports, ...onRead(ports, { run: (row) => change(row, ports.clock.now()) }) }
      : ports,
});

export const sweeperEndsNoProgress = forSweeper((row) => ({
  ...row,
  no_progress_claims: Math.min(row.no_progress_claims, NO_PROGRESS_CLAIMS),
}));
export const sweeperGivesUp = forSweeper((row, now) => ({ ...row, claimable_since: now }));

export const redrivesThrottled: Switches = {
  ports: (ports, process) => {
    if (process.role !== "reader" && process.role !== "sweeper") return ports;
    const { runs } = onRead(ports, { run: (row) => ({ ...row, sent_at: 0 }) });
    return { ...ports, runs: { ...runs, markSent: () => Promise.resolve("marked") } };
  },
};

export const steadyClockJudgesLeases: Switches = {
  ports: (ports) => ({ ...ports, clock: { ...ports.clock, steadyFor: () => Infinity } }),
};
