/**
 * What the saver of one run knows without reading: heads it has read or put, serialised, with their pending writes. Valid while the run's
 * claim is the thread's only writer, so it must not be used by a saver without a claim.
 */
import type { CheckpointHead, TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";
import { keepRecent } from "../../core/keep-recent.ts";
import { SAVER_HEADS } from "../timings.ts";

export type Versions = Record<string, number | string>;

export interface KnownHead {
  head: CheckpointHead;
  /** Channel versions of the checkpoint. In a child, a channel of the same version has the same value. */
  versions: Versions;
}

interface Entry extends KnownHead {
  /** Undefined: must be read. */
  writes: Map<string, TaskWrites> | undefined;
}

export type CheckpointKey = Pick<CheckpointHead, "thread_id" | "ns" | "checkpoint_id">;

const nsKey = ({ thread_id, ns }: Pick<CheckpointKey, "thread_id" | "ns">): string => JSON.stringify([thread_id, ns]);
const cacheKey = ({ thread_id, ns, checkpoint_id }: CheckpointKey): string =>
  JSON.stringify([thread_id, ns, checkpoint_id]);

export class SaverCache {
  readonly #heads = new Map<string, Entry>();
  /** Writes that came before their head. There are few, since the head is on its way. */
  readonly #early = new Map<string, Map<string, TaskWrites> | undefined>();
  /** Newest head of a namespace, if known. */
  readonly #newest = new Map<string, string>();
  /** Namespaces and checkpoints to which this saver has put something. */
  readonly #touched = new Set<string>();
  #changes = 0;

  newest(thread_id: string, ns: string): string | undefined {
    return this.#newest.get(nsKey({ thread_id, ns }));
  }

  isTouched(thread_id: string, ns: string): boolean {
    return this.#touched.has(nsKey({ thread_id, ns }));
  }

  get(key: CheckpointKey): KnownHead | undefined {
    return this.#heads.get(cacheKey(key));
  }

  writes(key: CheckpointKey): TaskWrites[] | undefined {
    const writes = this.#heads.get(cacheKey(key))?.writes;
    return writes && [...writes.values()];
  }

  /** How often this saver has written. Shows whether what was read meanwhile is still true. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * A head that was read, with its pending writes. `newest` if it was read as the newest of its namespace; `since` = `changes` before the
   * read. A write that ended during the read may be missing, and then writes must be read again.
   */
  read(known: KnownHead, writes: readonly TaskWrites[], { newest, since }: { newest: boolean; since: number }): void {
    this.#early.delete(cacheKey(known.head));
    this.#keep(known, since === this.#changes ? new Map(writes.map((task) => [task.task_id, task])) : undefined);
    if (newest && since === this.#changes) this.#newest.set(nsKey(known.head), known.head.checkpoint_id);
  }

  /** `first`: the thread was empty before this saver. */
  put(known: KnownHead, first: boolean): void {
    this.#changes++;
    const { head } = known;
    const key = nsKey(head);
    const newest = this.#newest.get(key);
    const isNewest = newest === undefined ? first && !this.#touched.has(key) : head.checkpoint_id >= newest;
    if (isNewest) this.#newest.set(key, head.checkpoint_id);
    this.#touched.add(key);
    const headKey = cacheKey(head);
    const old = this.#heads.get(headKey);
    this.#keep(known, old ? old.writes : this.#early.has(headKey) ? this.#early.get(headKey) : new Map());
    this.#early.delete(headKey);
  }

  /**
   * Records a write. If another claim was the last to write for the task, or an index is written twice, only the store knows what counts:
   * the checkpoint's writes are then read again.
   */
  wrote(task: TaskWrites): void {
    this.#changes++;
    const key = cacheKey(task);
    const entry = this.#heads.get(key);
    const known = entry ? entry.writes : this.#early.has(key) ? this.#early.get(key) : new Map<string, TaskWrites>();
    const old = known?.get(task.task_id);
    const isTwice = old?.writes.some((one) => task.writes.some((other) => one.index === other.index)) ?? false;
    const isPlain = !old || (isOfClaim(old, task) && !isTwice);
    const writes = known && isPlain ? known : undefined;
    writes?.set(task.task_id, { ...task, writes: [...(old?.writes ?? []), ...task.writes] });
    if (entry) entry.writes = writes;
    else this.#early.set(key, writes);
  }

  #keep(known: KnownHead, writes: Map<string, TaskWrites> | undefined): void {
    keepRecent(this.#heads, cacheKey(known.head), { ...known, writes }, SAVER_HEADS);
  }
}

const isOfClaim = (old: TaskWrites, { claim }: TaskWrites): boolean =>
  old.claim !== undefined && old.claim.log_start === claim?.log_start && old.claim.epoch === claim.epoch;
