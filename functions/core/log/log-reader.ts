/** One reader of a thread's log: pages of slots after its position, as soon as there may be some, and the events in them. */
import { READ_LOG, repeat } from "../failure/retry.ts";
import type { Ports } from "../ports.ts";
import { eventId } from "./cursor.ts";
import { decodeEvents } from "./slot-payload.ts";
import type { Slot } from "./slot.ts";
import type { Start } from "./tail-start.ts";
import { POLL_BUSY, POLL_IDLE, POLL_QUIET, POLL_QUIET_FOR, READ_BYTES, READ_SLOTS, WAKE_MERGE } from "./timings.ts";

export interface TailEvent {
  /** Absent for the `values` that stand in for expired events. */
  id?: string;
  event: string;
  data: string;
}

/** The page may not be the last one: it has as many slots as were asked for, or so many bytes that DynamoDB ended the page. */
const isFull = (slots: readonly Slot[]): boolean =>
  slots.length === READ_SLOTS || slots.reduce((sum, { payload }) => sum + payload.length, 0) > READ_BYTES;

export class LogReader {
  /** The last slot that was taken. */
  after: number;
  readonly #ports: Pick<Ports, "clock" | "log">;
  readonly #thread_id: string;
  readonly #signal: AbortSignal | undefined;
  readonly #from: { slot: number; skip: number };
  #parts: Slot[] = [];
  #readAt = 0;
  #quietSince: number;
  #found = false;
  #caughtUp: boolean;

  constructor(ports: Pick<Ports, "clock" | "log">, thread_id: string, from: Start, signal: AbortSignal | undefined) {
    this.#ports = ports;
    this.#thread_id = thread_id;
    this.#signal = signal;
    this.after = from.after;
    this.#from = { slot: from.after + 1, skip: from.skip };
    this.#caughtUp = from.caughtUp ?? false;
    this.#quietSince = ports.clock.monotonic();
  }

  /** The next page, after a wait if the last one was the newest. May be empty. */
  async next(): Promise<Slot[]> {
    if (this.#found) this.#quietSince = this.#ports.clock.monotonic();
    if (this.#caughtUp) await this.#wait();
    const slots = await this.read(false);
    this.#caughtUp = !isFull(slots);
    this.#found = slots.length > 0;
    return slots;
  }

  async #wait(): Promise<void> {
    const { clock, log } = this.#ports;
    const quiet = clock.monotonic() - this.#quietSince;
    const poll = quiet < POLL_QUIET ? POLL_BUSY : quiet < POLL_QUIET_FOR ? POLL_QUIET : POLL_IDLE;
    await log.changed(this.#thread_id, this.after, poll, this.#signal);
    const sinceRead = clock.monotonic() - this.#readAt;
    if (sinceRead < WAKE_MERGE) await clock.sleep(WAKE_MERGE - sinceRead, this.#signal);
  }

  /** A page after the position. Slots are dense, so a gap is visible. It is read again consistently; what is still missing has expired. */
  async read(consistent: boolean): Promise<Slot[]> {
    const { clock, log } = this.#ports;
    const page = async (): Promise<Slot[]> => {
      this.#readAt = clock.monotonic();
      return log.read(this.#thread_id, this.after, { consistent, limit: READ_SLOTS });
    };
    const slots = await repeat(READ_LOG, clock, page, this.#signal);
    if (!consistent && slots[0] && slots[0].slot !== this.after + 1) return this.read(true);
    return slots;
  }

  /**
   * Parts count only once the slot that ends them is read and has the same writer (model rule foreignRecordVoidsParts).
   * @returns undefined if a part of them has expired
   */
  async eventsOf(slot: Slot): Promise<(TailEvent & { id: string })[] | undefined> {
    if (slot.more) {
      this.#parts.push(slot);
      return [];
    }
    const parts = slot.parts ? this.#parts.slice(-slot.parts) : [];
    this.#parts = [];
    const skip = this.skipIn(slot);
    if (slot.count <= skip) return [];
    const whole = parts.length === slot.parts ? parts : await this.#partsOf(slot);
    if (!whole) return undefined;
    const payload = whole.length ? Buffer.concat([...whole.map((part) => part.payload), slot.payload]) : slot.payload;
    const events = decodeEvents(payload).map((event, i) => ({ id: eventId(slot.slot, i + 1), ...event }));
    return skip ? events.slice(skip) : events;
  }

  /** Events of the slot that the reader had before. */
  skipIn({ slot }: Slot): number {
    return slot === this.#from.slot ? this.#from.skip : 0;
  }

  /**
   * For a reader that began between a batch's parts and their end. A page of DynamoDB ends after 1 MB, which is three parts.
   * @returns undefined if they have expired
   */
  async #partsOf({ slot, parts }: Slot): Promise<Slot[] | undefined> {
    const found: Slot[] = [];
    while (found.length < parts) {
      const after = slot - parts - 1 + found.length;
      const limit = parts - found.length;
      const page = await this.#ports.log.read(this.#thread_id, after, { consistent: true, limit });
      if (page.at(-1)?.slot !== after + page.length) return undefined;
      found.push(...page);
    }
    return found;
  }
}
