/** The port of the thread log, and what wakes its readers. Expected races are return values. */
import type { Slot } from "./slot.ts";

export interface ThreadLog {
  /** Puts one slot if it is free. A slot that is taken by the same nonce counts as appended. Atomic per slot. */
  append(thread_id: string, slot: Slot): Promise<"appended" | "fenced">;
  /** Slots after `after`, ascending, expired ones left out; at most one page. Eventually consistent unless asked otherwise. */
  read(thread_id: string, after: number, options?: { consistent?: boolean; limit?: number }): Promise<Slot[]>;
  /** Number of the last slot (consistent, expired ones included); 0 for an empty log. */
  tail(thread_id: string): Promise<number>;
  /** Resolves when the log may have grown beyond `after`, or after about `ms`. Only a hint: the caller reads the table either way. */
  changed(thread_id: string, after: number, ms: number, signal?: AbortSignal): Promise<void>;
}

/** Where appender and reader share a process, the appender wakes the reader and passes it the new slots. */
export interface Wake {
  /** The log of this thread has grown by this slot. The slot is durable. */
  notify(thread_id: string, slot: Slot): void;
  /** Slots after `after`, without gaps, at most `limit`. Empty if they are not in memory; then the caller reads the table. */
  recent(thread_id: string, after: number, limit: number): Slot[];
  /** Resolves once the log is known to have grown beyond `after`, after `ms`, or when the signal aborts. */
  wait(thread_id: string, after: number, ms: number, signal?: AbortSignal): Promise<void>;
}
