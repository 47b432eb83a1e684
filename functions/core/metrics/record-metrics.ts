/**
 * Records metrics of the log and the runs (metric-names.ts). A wrapper around the ports: use cases do not know of it.
 */
import { keepRecent } from "../keep-recent.ts";
import type { ThreadLog } from "../log/log-port.ts";
import { LIVE_READ } from "../log/timings.ts";
import type { Clock, Metrics, Ports } from "../ports.ts";
import type { Runs } from "../run/run-ports.ts";
import type { RunRow } from "../run/run-row.ts";

/** Entries of a map. Readers that leave and runs that go elsewhere leave theirs behind. */
const MOST = 10_000;

interface Recording {
  metrics: Metrics;
  clock: Pick<Clock, "now" | "monotonic">;
}

export function recordMetrics<P extends Pick<Ports, "log" | "runs" | "clock">>(ports: P, metrics: Metrics): P {
  const measuring = { metrics, clock: ports.clock };
  const waiting = new Map<string, number>();
  return {
    ...ports,
    log: recordLog(ports.log, measuring, waiting),
    runs: recordRuns(ports.runs, measuring, waiting),
  };
}

/** @param waiting runs of this process that have no event of the graph yet, and since when (ms) they were claimable */
function recordLog(log: ThreadLog, { metrics, clock }: Recording, waiting: Map<string, number>): ThreadLog {
  /** Readers of this process that wait at the tail: their position and since when (ms). Their next read returns new slots. */
  const live = new Map<string, number>();
  return {
    append: async (thread_id, slot) => {
      const began = clock.monotonic();
      const result = await log.append(thread_id, slot);
      if (result === "fenced") metrics.add("FencedWriters", 1);
      else metrics.add("AppendLatency", clock.monotonic() - began);
      const since = waiting.get(slot.run_id);
      if (result === "appended" && slot.count > 0 && since !== undefined) {
        waiting.delete(slot.run_id);
        metrics.add("TimeToFirstEvent", passed(clock, since));
      }
      return result;
    },
    read: async (thread_id, after, options) => {
      const position = `${thread_id} ${after}`;
      const waited = live.get(position) ?? Number.NEGATIVE_INFINITY;
      live.delete(position);
      const isNew = clock.monotonic() - waited < LIVE_READ;
      const slots = await log.read(thread_id, after, options);
      const [next] = slots;
      if (next && isNew) metrics.add("TailLag", passed(clock, next.written_at));
      return slots;
    },
    tail: (thread_id) => log.tail(thread_id),
    changed: async (thread_id, after, ms, signal) => {
      await log.changed(thread_id, after, ms, signal);
      if (!signal?.aborted) keepRecent(live, `${thread_id} ${after}`, clock.monotonic(), MOST);
    },
  };
}

function recordRuns(runs: Runs, { metrics, clock }: Recording, waiting: Map<string, number>): Runs {
  /** Of the runs that this process has claimed. */
  const attempts = new Map<string, number>();
  return {
    ...runs,
    claim: async (seen, update) => {
      const result = await runs.claim(seen, update);
      if (result.kind === "claimed") keepRecent(attempts, seen.run_id, result.row.attempt, MOST);
      if (result.kind === "claimed" && isFirst(seen) && update.opening === "first") {
        metrics.add("QueueDelay", passed(clock, seen.claimable_since));
        keepRecent(waiting, seen.run_id, seen.claimable_since, MOST);
      }
      return result;
    },
    extend: async (ref, owner, update) => {
      const result = await runs.extend(ref, owner, update);
      if (result === "lost") metrics.add("FencedWriters", 1);
      return result;
    },
    release: (ref, owner, update) => {
      attempts.delete(ref.run_id);
      return runs.release(ref, owner, update);
    },
    finish: async (transaction) => {
      const result = await runs.finish(transaction);
      if (result !== "finished") return result;
      const { run_id } = transaction.run;
      // A short graph's events are written together with its end.
      const since = waiting.get(run_id);
      if (since !== undefined && transaction.end.count > 0) metrics.add("TimeToFirstEvent", passed(clock, since));
      waiting.delete(run_id);
      metrics.add("RunsFinished", 1, transaction.result.status);
      metrics.add("Attempts", attempts.get(run_id) ?? 0);
      attempts.delete(run_id);
      return result;
    },
    endQueued: async (end) => {
      const result = await runs.endQueued(end);
      if (result === "finished") metrics.add("RunsFinished", 1, end.status);
      return result;
    },
    markSent: async (seen, update) => {
      const result = await runs.markSent(seen, update);
      if (result === "marked") metrics.add("Recoveries", 1);
      return result;
    },
  };
}

const isFirst = ({ attempt, handed_off }: RunRow): boolean => attempt === 0 && !handed_off;

/** ms since another process wrote this time. Clocks of two machines differ by some milliseconds. */
const passed = (clock: Pick<Clock, "now">, since: number): number => Math.max(0, clock.now() - since);
