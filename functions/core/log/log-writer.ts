/**
 * The log writer of one claim. It accepts events without waiting and batches them into slots, with one append in flight. A foreign record
 * at its append position means that it is fenced: it writes nothing more.
 */
import type { Clock } from "../ports.ts";
import type { Urgency } from "../run/execute/engine-port.ts";
import { checkWhole, isWhole, TooLarge } from "../json/size-limits.ts";
import { appendSlot } from "./append-slot.ts";
import type { ThreadLog } from "./log-port.ts";
import { cutPayload, encodeEvents } from "./slot-payload.ts";
import type { LogEvent, Slot } from "./slot.ts";
import {
  BACKLOG_CHARACTERS,
  BACKLOG_EVENTS,
  FLUSH,
  FLUSH_BYTES,
  FLUSH_EARLY,
  FLUSH_EARLY_FOR,
  FLUSH_HURRIED,
  HURRIED_EVENTS,
  SLOT_EVENTS,
  SLOT_RAW_BYTES,
} from "./timings.ts";

export interface AppendPosition {
  thread_id: string;
  run_id: string;
  gen: number;
  epoch: number;
  /** Nonce of the claim. Each slot adds its number, so a repeated append is recognised by its nonce. */
  owner: string;
  /** The slot to write next. */
  next: number;
}

export interface LogWriterOptions {
  clock: Clock;
  log: Pick<ThreadLog, "append">;
  flushMs?: number;
  /** Called once, when a foreign record was found. */
  onFenced: () => void;
  /** Called once, when a batch can never be written. */
  onImpossible: (error: unknown) => void;
  /** Aborted when the claim is lost: pending retries end. */
  signal: AbortSignal;
}

export type Flushed = "durable" | "fenced";

/** Events that wait, and the length of their texts. */
export interface Backlog {
  events: number;
  characters: number;
}

export const sizeOf = ({ event, data }: LogEvent): number => event.length + data.length;

function checkEvent({ event, data }: LogEvent): void {
  if (!isWhole(data)) checkWhole(Buffer.byteLength(data), `An event "${event}"`);
}

export class LogWriter {
  readonly #position: AppendPosition;
  readonly #options: LogWriterOptions;
  #buffer: LogEvent[] = [];
  #bytes = 0;
  #held: LogEvent[] = [];
  #heldBytes = 0;
  /** Each cancels a flush that is to come: after a pause, or at the end of this turn of the event loop. */
  #later: (() => void) | undefined;
  #soonest: (() => void) | undefined;
  #putting: Promise<void> | undefined;
  /** Nothing more is written, and events are dropped. */
  #stopped: "fenced" | "impossible" | undefined;
  #sealed = false;
  #tokensSince = 0;
  /** Something in the buffer must be flushed before the next token flush. */
  #urgent = false;
  /** The last batch was one of a stream that is faster than a model speaks. */
  #hurried = false;

  constructor(position: AppendPosition, options: LogWriterOptions) {
    this.#position = { ...position };
    this.#options = options;
  }

  emit(event: LogEvent, urgency: Urgency): void {
    if (this.#sealed || this.#stopped) return;
    checkEvent(event);
    if (urgency === "held") {
      const bytes = Buffer.byteLength(event.data);
      checkWhole(this.#heldBytes + bytes, "The text of the run's interrupts");
      this.#heldBytes += bytes;
      this.#held.push(event);
      return;
    }
    this.checkRoom(event);
    this.#buffer.push(event);
    this.#bytes += sizeOf(event);
    if (this.#bytes >= FLUSH_BYTES) this.#soon();
    else if (urgency === "structural") this.#structural();
    else this.#token();
  }

  /** @throws TooLarge if the event, with the backlog before it, would exceed the writer's limits */
  checkRoom(event: LogEvent, before: Backlog = { events: 0, characters: 0 }): void {
    checkEvent(event);
    const events = this.#buffer.length + before.events;
    const characters = this.#bytes + before.characters;
    if (characters + event.data.length > BACKLOG_CHARACTERS || events >= BACKLOG_EVENTS)
      throw new TooLarge(
        `The graph emits events faster than the log takes them: ${events} events of ${characters} characters wait`,
      );
  }

  /** Resolves when everything emitted so far is in the log, or never will be; `fenced` also when that is impossible. */
  async flush(): Promise<Flushed> {
    this.#disarm();
    while ((this.#buffer.length || this.#putting) && !this.#stopped) await (this.#putting ?? this.#put());
    return this.#stopped ? "fenced" : "durable";
  }

  /** Takes no more events. The rest (held events last) belongs into the finishing slot, whose number is `slot`. */
  async seal(): Promise<{ slot: number; events: LogEvent[] } | "fenced"> {
    this.#sealed = true;
    this.#disarm();
    while (this.#putting && !this.#stopped) await this.#putting;
    if (this.#buffer.length > SLOT_EVENTS || this.#bytes > FLUSH_BYTES) await this.flush();
    if (this.#stopped === "fenced") return "fenced";
    const events = [...this.#buffer.splice(0), ...this.#held.splice(0)];
    this.#bytes = 0;
    return { slot: this.#position.next, events };
  }

  #structural(): void {
    this.#tokensSince = 0;
    this.#soon();
  }

  #token(): void {
    const now = this.#options.clock.monotonic();
    const first = this.#tokensSince === 0;
    if (first) this.#tokensSince = now;
    if (first) this.#soon();
    else if (!this.#later && !this.#soonest && !this.#putting) this.#arm(now);
  }

  #arm(now: number): void {
    const early = now - this.#tokensSince < FLUSH_EARLY_FOR;
    const later = this.#options.flushMs ?? FLUSH;
    const wait = early ? Math.min(FLUSH_EARLY, later) : later;
    this.#later = this.#options.clock.schedule(
      () => this.#begin(),
      this.#hurried ? Math.max(FLUSH_HURRIED, wait) : wait,
    );
  }

  /** At the end of this turn of the event loop, so that events of one turn share a slot. */
  #soon(): void {
    this.#urgent = true;
    if (this.#putting || this.#soonest) return;
    this.#later?.();
    this.#later = undefined;
    this.#soonest = this.#options.clock.schedule(() => this.#begin());
  }

  #disarm(): void {
    this.#later?.();
    this.#soonest?.();
    this.#later = undefined;
    this.#soonest = undefined;
  }

  #begin(): void {
    this.#disarm();
    if (!this.#putting && this.#buffer.length) void this.#put();
  }

  #put(): Promise<void> {
    this.#putting = this.#writeBatch().finally(() => {
      this.#putting = undefined;
      if (!this.#buffer.length || this.#stopped || this.#sealed) return;
      if (this.#urgent) this.#begin();
      else this.#arm(this.#options.clock.monotonic());
    });
    return this.#putting;
  }

  #takeBatch(): LogEvent[] {
    let count = 0;
    let bytes = 0;
    for (const { event, data } of this.#buffer) {
      const size = event.length + data.length;
      if (count > 0 && (bytes + size > SLOT_RAW_BYTES || count >= SLOT_EVENTS)) break;
      bytes += size;
      count++;
    }
    this.#bytes -= bytes;
    return this.#buffer.splice(0, count);
  }

  async #writeBatch(): Promise<void> {
    const events = this.#takeBatch();
    this.#hurried = events.length >= HURRIED_EVENTS;
    this.#urgent = this.#bytes >= FLUSH_BYTES;
    try {
      for (const slot of slotsOf(this.#position, events, this.#options.clock.now())) {
        const answer = await appendSlot(this.#options, this.#position.thread_id, slot, this.#options.signal);
        if (answer === "fenced") return this.#stop("fenced", this.#options.onFenced);
        this.#position.next = slot.slot + 1;
      }
    } catch (error) {
      this.#stop("impossible", () => this.#options.onImpossible(error));
    }
  }

  #stop(why: "fenced" | "impossible", notify: () => void): void {
    if (this.#stopped) return;
    this.#stopped = why;
    this.#buffer = [];
    this.#bytes = 0;
    this.#held = [];
    this.#disarm();
    notify();
  }
}

/** A batch as consecutive slots: parts marked `more`, then the slot that ends the batch. */
export function slotsOf(position: AppendPosition, events: readonly LogEvent[], written_at: number): Slot[] {
  const parts = cutPayload(encodeEvents(events));
  return parts.map((payload, i) => {
    const last = i === parts.length - 1;
    const slot = position.next + i;
    return {
      slot,
      run_id: position.run_id,
      gen: position.gen,
      epoch: position.epoch,
      nonce: `${position.owner}.${slot}`,
      count: last ? events.length : 0,
      payload,
      more: !last,
      parts: last ? i : 0,
      written_at: written_at,
    };
  });
}
