/**
 * Finds graphs that LangGraph left in the middle of a superstep as if they were done, which happens when only one task may run at a time:
 * their tasks' last writes are in no checkpoint.
 */
import type { TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";

/** Tasks that store these have not ended, or have ended their graph. */
const STOPS: readonly string[] = ["__error__", "__interrupt__"];

interface Since {
  /** Tasks with results. */
  results: number;
  isStopped: boolean;
}

export class UnfinishedSupersteps {
  /** What tasks have stored since the last head, by namespace. */
  readonly #since = new Map<string, Since>();

  /** A head is put: this superstep is over, and so is everything that its tasks called. */
  put(ns: string): void {
    for (const other of this.#since.keys())
      if (other === ns || other.startsWith(ns === "" ? "" : `${ns}|`)) this.#since.delete(other);
  }

  stores({ ns, writes }: TaskWrites): void {
    const since = this.#since.get(ns) ?? { results: 0, isStopped: false };
    if (writes.some(({ channel }) => STOPS.includes(channel))) since.isStopped = true;
    if (writes.some(({ index }) => index >= 0)) since.results++;
    this.#since.set(ns, since);
  }

  /** Tasks with results in the unfinished superstep; 0 = there is none. */
  results(ns: string): number {
    const since = this.#since.get(ns);
    return !since || since.isStopped ? 0 : since.results;
  }

  /** The unfinished graph that this task has called. */
  inside(task_id: string): string | undefined {
    return [...this.#since.keys()].find((ns) => this.results(ns) > 0 && ns.includes(`:${task_id}`));
  }
}
