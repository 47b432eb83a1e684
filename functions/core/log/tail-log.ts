/**
 * Tail: follows one run through its thread's log, from a cursor to the run's end (design 3). Any number of readers, each at its own pace.
 * Writes nothing but a redrive of a run that nobody holds.
 */
import { Unclear } from "../failure/failure.ts";
import type { Json } from "../../protocol/json.ts";
import type { Ports } from "../ports.ts";
import { Redriver } from "../run/redriver.ts";
import { type FinalStatus, isFinal, isGone, type RunRef, type RunRow } from "../run/run-row.ts";
import { isStreamOnly } from "../stream/stream-only.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import type { Cursor } from "./cursor.ts";
import { LogReader, type TailEvent } from "./log-reader.ts";
import type { Slot } from "./slot.ts";
import { type Start, startOf } from "./tail-start.ts";
import { ROW_POLL } from "./timings.ts";

export interface TailBatch {
  events: TailEvent[];
}
export type TailEnd = { kind: "ended"; status: FinalStatus } | { kind: "gone" };

export interface TailOptions {
  cursor: Cursor;
  signal?: AbortSignal;
}

type TailPorts = Pick<Ports, "checkpoints" | "clock" | "log" | "logger" | "queue" | "runs" | "engine">;

/** @throws when the log could not be read for as long as READ_LOG allows. The caller then aborts the connection: no clean end. */
export async function* tailRun(
  ports: TailPorts,
  ref: RunRef,
  options: TailOptions,
): AsyncGenerator<TailBatch, TailEnd> {
  const rows = await loadRows(ports, ref);
  const gone = endByRows(rows);
  if (gone?.kind === "gone" || !rows.run || !rows.thread) return { kind: "gone" };
  // A run that was cancelled in the queue has nothing in the log, so there is nothing to wait for.
  if (gone && rows.run.log_start === undefined) return gone;
  const from = await startOf(ports, rows.thread, rows.run, options.cursor);
  if (from === "ended") return gone ?? endByRows(await ports.runs.load(ref)) ?? { kind: "gone" };
  return yield* new Tail(ports, ref, from, options.signal).follow();
}

/**
 * The two rows are not read at one moment. A run whose row names no first slot may have ended before its thread was read. So its row is
 * read again after the thread's: either it names its first slot now, or the run will begin after the thread's tail.
 */
async function loadRows(ports: TailPorts, ref: RunRef): ReturnType<TailPorts["runs"]["load"]> {
  const { thread, run } = await ports.runs.load(ref);
  return { thread, run: run && run.log_start === undefined ? await ports.runs.get(ref) : run };
}

/** As `tailRun`, for the request that has just created the run. Begins after its first slot, without reading what it knows. */
export function tailCreated(
  ports: TailPorts,
  ref: RunRef,
  first: number,
  signal: AbortSignal,
): AsyncGenerator<TailBatch, TailEnd> {
  return new Tail(ports, ref, { after: first, skip: 0, caughtUp: true }, signal).follow();
}

/** The end as the rows tell it: a run that was cancelled in the queue has no end record, and a deleted run may not be read. */
function endByRows({ thread, run }: { thread: ThreadRow | undefined; run: RunRow | undefined }): TailEnd | undefined {
  if (!thread || !run || isGone(run) || run.gen !== thread.gen) return { kind: "gone" };
  if (isFinal(run)) return { kind: "ended", status: run.status };
  // The end of a stateless run deletes its thread, and its row may have been read just before that.
  return thread.deleted && !thread.temporary ? { kind: "gone" } : undefined;
}

/** A row that could not be read is read again with the next poll. @throws what no repetition makes better */
function nothingIfUnclear(error: unknown): undefined {
  if (!(error instanceof Unclear)) throw error;
}

class Tail {
  readonly #ports: TailPorts;
  readonly #ref: RunRef;
  readonly #signal: AbortSignal | undefined;
  readonly #from: { slot: number; skip: number };
  readonly #written: number;
  readonly #log: LogReader;
  readonly #redriver: Redriver;

  constructor(ports: TailPorts, ref: RunRef, from: Start, signal: AbortSignal | undefined) {
    this.#ports = ports;
    this.#ref = ref;
    this.#signal = signal;
    this.#log = new LogReader(ports, ref.thread_id, from, signal);
    this.#written = from.written ?? 0;
    this.#from = { slot: from.after + 1, skip: from.skip };
    this.#redriver = new Redriver(ports);
  }

  async *follow(): AsyncGenerator<TailBatch, TailEnd> {
    const { clock } = this.#ports;
    let rowAt = clock.monotonic();
    while (!this.#signal?.aborted) {
      const slots = await this.#log.next();
      if (slots.length) {
        const end = yield* this.#take(slots);
        if (end) return end;
        rowAt = clock.monotonic();
      } else if (this.#log.after < this.#written) {
        const end = yield* this.#takeWritten();
        if (end) return end;
      } else if (clock.monotonic() - rowAt >= ROW_POLL) {
        rowAt = clock.monotonic();
        const end = yield* this.#askRow();
        if (end) return end;
      }
    }
    return { kind: "gone" };
  }

  async *#take(slots: Slot[]): AsyncGenerator<TailBatch, TailEnd | undefined> {
    for (const slot of slots) {
      const expired = slot.slot !== this.#log.after + 1;
      if (expired && slot !== slots[0]) return undefined;
      if (expired) yield* this.#standIn();
      this.#log.after = slot.slot;
      if (slot.run_id !== this.#ref.run_id) continue;
      const events = await this.#log.eventsOf(slot);
      if (!events) yield* this.#standIn();
      const shown = events?.filter((event) => !isStreamOnly(event)) ?? [];
      if (shown.length) yield { events: shown };
      if (slot.end) return isGone({ status: slot.end }) ? { kind: "gone" } : { kind: "ended", status: slot.end };
    }
    return undefined;
  }

  /** Nothing was found where a slot had been written: the read was stale, or everything up to there has expired. */
  async *#takeWritten(): AsyncGenerator<TailBatch, TailEnd | undefined> {
    // The tail first: what is not found up to there has expired, and one state stands in for all of it.
    const tail = await this.#ports.log.tail(this.#ref.thread_id);
    const slots = await this.#log.read(true);
    if (slots.length) return yield* this.#take(slots);
    yield* this.#standIn();
    this.#log.after = Math.max(this.#written, tail);
    return undefined;
  }

  /** Replaces events that have expired: the state that they have led to, without an id (design 3). */
  async *#standIn(): AsyncGenerator<TailBatch> {
    const values = await this.#values().catch((error: unknown) => {
      this.#ports.logger.warn("no state stands in for expired events", { ...this.#ref, error: String(error) });
    });
    if (values === undefined) return;
    yield { events: [{ event: "values", data: JSON.stringify(values) }] };
    await this.#ports.clock.turn();
  }

  /** Values of a run that has ended, or the newest ones of a live run; undefined if there are none. */
  async #values(): Promise<Json | undefined> {
    const { engine, checkpoints, runs } = this.#ports;
    const { run_id, thread_id } = this.#ref;
    const { thread, run } = await runs.load(this.#ref);
    if (!run) return undefined;
    if (isFinal(run)) return run.head && engine.values(thread_id, run.head);
    if (thread?.active_run !== run_id) return undefined;
    const head = await checkpoints.head(thread_id, "");
    return head && engine.values(thread_id, { checkpoint_id: head.checkpoint_id });
  }

  /** The log has expired and the reader has not seen the run's end. */
  #misses(run: RunRow | undefined): boolean {
    if (!run || !isFinal(run) || run.log_end === undefined || this.#log.after >= run.log_end) return false;
    return this.#from.slot < run.log_end || this.#from.skip === 0;
  }

  async *#askRow(): AsyncGenerator<TailBatch, TailEnd | undefined> {
    const rows = await this.#ports.runs.load(this.#ref).catch(nothingIfUnclear);
    if (!rows) return undefined;
    const end = endByRows(rows);
    if (end) {
      const rest = await this.#log.read(true);
      if (rest.some((slot) => slot.run_id === this.#ref.run_id)) return yield* this.#take(rest);
      if (this.#misses(rows.run)) yield* this.#standIn();
      return end;
    }
    if (rows.thread?.active_run === this.#ref.run_id && rows.run) await this.#redriver.ifUnheld(rows.run);
    return undefined;
  }
}
