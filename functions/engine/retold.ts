/**
 * What a run that was handed over has told already: LangGraph begins each of its graphs by telling again where it stands (values, the
 * checkpoint, what finished tasks have written). Must not be asked after a crash: then nobody knows what was told last.
 */
import type { CheckpointHead, CheckpointStore, TaskWrites } from "../core/checkpoint-port.ts";
import type { Invocation } from "../core/engine-port.ts";
import { HEADS_PAGE } from "../core/timings.ts";

export class Retold {
  readonly #run_id: string;
  /** By namespace, the head that the run has left, until the graph stores something more. */
  readonly #standing = new Map<string, string>();
  /** Namespaces with the newest head of each, among the run's last. */
  readonly #last = new Map<string, string>();
  /** Graphs with tasks that have stored something for their head. */
  readonly #begun = new Set<string>();

  constructor(run_id: string) {
    this.#run_id = run_id;
  }

  /** A head that the graph goes on from. */
  loaded({ ns, checkpoint_id, metadata }: CheckpointHead): void {
    if (metadata["run_id"] === this.#run_id) this.#standing.set(ns, checkpoint_id);
  }

  /** Writes that a graph goes on with. */
  loadedWrites(ns: string, writes: readonly TaskWrites[]): void {
    if (writes.length > 0) this.#begun.add(ns);
  }

  /** One of the run's last heads. */
  left({ ns, checkpoint_id }: CheckpointHead): void {
    if (checkpoint_id > (this.#last.get(ns) ?? "")) this.#last.set(ns, checkpoint_id);
  }

  /** From here on it tells what is new. */
  stores(ns: string): void {
    this.#standing.delete(ns);
  }

  /** Whether the graph still tells what it was told to have done. */
  has(ns: string): boolean {
    return this.#standing.has(ns);
  }

  /** Whether the tasks that it starts had been started before: something was done since its head, by them or inside of them. */
  hasStarted(ns: string): boolean {
    const head = this.#standing.get(ns);
    if (head === undefined) return false;
    const isInside = (other: string): boolean => other !== ns && other.startsWith(ns === "" ? "" : `${ns}|`);
    return this.#begun.has(ns) || [...this.#last].some(([other, id]) => isInside(other) && id > head);
  }
}

/** For a run that was not handed over nothing is retold. */
export async function retoldBy(
  { handed, run_id, thread_id, kwargs }: Invocation,
  store: CheckpointStore,
): Promise<Retold> {
  const retold = new Retold(handed ? run_id : "");
  const showsStarts = kwargs.stream_mode.includes("tasks") || kwargs.stream_mode.includes("debug");
  if (handed && showsStarts) for await (const head of store.heads(thread_id, { limit: HEADS_PAGE })) retold.left(head);
  return retold;
}
