/**
 * Graphs that LangGraph has left in the middle of a superstep, as if they were done (it does so when one task may run at a time): what
 * their tasks stored last has become no checkpoint.
 */
import type { TaskWrites } from "../../../core/checkpoint/checkpoint-port.ts";

/** Tasks that store these have not ended, or made their graph end. */
const STOPS: readonly string[] = ["__error__", "__interrupt__"];

interface Since {
  /** Tasks with results. */
  results: number;
  isStopped: boolean;
}

export class UnfinishedSupersteps {
  /** By namespace, what tasks have stored since the last head. */
  readonly #since = new Map<string, Since>();

  /** A head is put: the superstep is over, and all that its tasks called. */
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

  /** Tasks of the superstep that the graph has left open; 0 = it has left none. */
  results(ns: string): number {
    const since = this.#since.get(ns);
    return !since || since.isStopped ? 0 : since.results;
  }

  /** The graph that this task has called and that is left open. */
  inside(task_id: string): string | undefined {
    return [...this.#since.keys()].find((ns) => this.results(ns) > 0 && ns.includes(`:${task_id}`));
  }
}
