/**
 * Recognises events that a run has sent before: LangGraph, resumed in the middle of a graph, repeats them. Must not be used after a crash:
 * then nobody knows what was sent last.
 */
import type { CheckpointHead, CheckpointStore, TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";
import { HEADS_PAGE } from "../../core/checkpoint/limits.ts";
import type { Invocation } from "../../core/run/execute/engine-port.ts";

/** The state from which a graph goes on. */
interface Resumed {
  head: string;
  /** Its values have not been repeated yet. */
  values: boolean;
  /** Finished tasks whose writes were repeated. */
  updates: number;
}

export class ReplayedEvents {
  readonly #run_id: string;
  readonly #log_start: number;
  readonly #resumed = new Map<string, Resumed>();
  /** Tasks with results, by the checkpoint that they follow. */
  readonly #finished = new Map<string, number>();
  /** Tasks that earlier invocations have started. */
  readonly #before = new Set<string>();
  /** Tasks whose start was sent, by namespace, with the mode: of this superstep, and of the last one, since events lag. */
  readonly #started = new Map<string, { now: Set<string>; last: Set<string> }>();

  /** The run has new input, which is applied before anything is streamed. */
  readonly #hasInput: boolean;

  /** @param run none unless the run was handed over */
  constructor(run?: { run_id: string; log_start: number; hasInput: boolean }) {
    this.#run_id = run?.run_id ?? "";
    this.#log_start = run?.log_start ?? 0;
    this.#hasInput = run?.hasInput ?? false;
  }

  /** A head that the graph goes on from. */
  loaded({ ns, checkpoint_id, metadata }: CheckpointHead): void {
    if (this.#run_id === "" || this.#resumed.has(ns)) return;
    // A run without input goes on from a head of an earlier run, which its first claim has shown.
    const isShown = metadata["run_id"] === this.#run_id || (ns === "" && !this.#hasInput);
    if (isShown) this.#resume(ns, checkpoint_id);
  }

  /** Writes that a graph goes on with. */
  loadedWrites(checkpoint_id: string, tasks: readonly TaskWrites[]): void {
    const finished = tasks.filter(({ writes }) => writes.some(({ index }) => index >= 0));
    this.#finished.set(checkpoint_id, finished.length);
    if (this.#run_id === "") return;
    // A task that asks has no result, and was started all the same.
    const started = tasks.filter((task) => task.claim?.log_start === this.#log_start);
    for (const { task_id } of [...finished, ...started]) this.#before.add(task_id);
  }

  /** One of the run's last heads: the tasks that called its graph have been started. */
  left({ ns }: CheckpointHead): void {
    for (const [, task_id = ""] of ns.matchAll(/:([^|]+)/g)) this.#before.add(task_id);
  }

  /** The graph is started again in the middle of a superstep. `finished` of its tasks have results. */
  goesOn(ns: string, head: string, finished: number): void {
    this.#resume(ns, head);
    this.#finished.set(head, finished);
  }

  /** A superstep is over. */
  stepOver(ns: string): void {
    const { now } = this.#startedIn(ns);
    if (now.size > 0) this.#started.set(ns, { now: new Set(), last: now });
    for (const other of this.#started.keys())
      if (other !== ns && other.startsWith(ns === "" ? "" : `${ns}|`)) this.#started.delete(other);
  }

  hasValues(ns: string): boolean {
    const resumed = this.#resumed.get(ns);
    if (!resumed?.values) return false;
    resumed.values = false;
    return true;
  }

  /** @param id of the checkpoint that an event shows */
  hasCheckpoint(ns: string, id: unknown): boolean {
    return id !== undefined && id === this.#resumed.get(ns)?.head;
  }

  /** @param isCached LangGraph marks what it has not run; a node's cache does so, too */
  hasUpdates(ns: string, isCached: boolean): boolean {
    const resumed = this.#resumed.get(ns);
    if (!resumed || !isCached) return false;
    return resumed.updates++ < (this.#finished.get(resumed.head) ?? 0);
  }

  /** @param id of a task, as it starts, of this mode */
  hasStarted(ns: string, id: unknown, mode: "tasks" | "debug"): boolean {
    if (typeof id !== "string" || id === "") return false;
    const start = `${mode} ${id}`;
    const { now, last } = this.#startedIn(ns);
    if (now.has(start) || last.has(start) || this.#before.has(id)) return true;
    this.#started.set(ns, { now: now.add(start), last });
    return false;
  }

  #startedIn(ns: string): { now: Set<string>; last: Set<string> } {
    return this.#started.get(ns) ?? { now: new Set(), last: new Set() };
  }

  #resume(ns: string, head: string): void {
    this.#resumed.set(ns, { head, values: true, updates: 0 });
  }
}

/** Of a run that was not handed over nothing is recognised. */
export async function replayedBy(
  { handed_off, run_id, thread_id, claim: { log_start }, kwargs }: Invocation,
  store: CheckpointStore,
): Promise<ReplayedEvents> {
  const hasInput = kwargs.command === null && kwargs.input !== null;
  const replayed = new ReplayedEvents(handed_off ? { run_id, log_start, hasInput } : undefined);
  const showsStarts = kwargs.stream_mode.includes("tasks") || kwargs.stream_mode.includes("debug");
  if (handed_off && showsStarts)
    for await (const head of store.heads(thread_id, { limit: HEADS_PAGE })) replayed.left(head);
  return replayed;
}
