/** Which tasks the log has announced as done, and by which claim. Must not know why a task runs. */
import { decodeEvents } from "../../functions/core/log/slot-payload.ts";
import type { Slot } from "../../functions/core/log/slot.ts";

/** The event that announces the end of a task. */
export const announcementOf = (task_id: string): string => JSON.stringify(`d ${task_id}`);

export class Announced {
  /** Events with the epoch that told them, by run. */
  readonly #events = new Map<string, Map<string, number>>();

  /** Batches in parts are left out: they hold nothing but noise. */
  told({ run_id, epoch, count, more, parts, payload }: Slot): void {
    if (count === 0 || more || parts > 0) return;
    const told = this.#events.get(run_id) ?? new Map<string, number>();
    for (const { data } of decodeEvents(payload)) told.set(data, epoch);
    this.#events.set(run_id, told);
  }

  /** The claim that has announced the task; undefined if none has. */
  epochOf(run_id: string, task_id: string): number | undefined {
    return this.#events.get(run_id)?.get(announcementOf(task_id));
  }
}
