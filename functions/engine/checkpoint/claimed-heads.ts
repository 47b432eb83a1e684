/**
 * The checkpoints of one saver as bytes, whoever has serialised them: what a run's claim adds to a CheckpointStore. Must not interpret
 * values.
 */
import type { CheckpointHead, CheckpointStore, TaskWrite, TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { firstStep, isAtLimit, type StepMetadata } from "../graph/step-limit.ts";
import { OrderedIds } from "./ordered-ids.ts";
import { type CheckpointKey, type KnownHead, SaverCache, type Versions } from "./saver-cache.ts";

export interface ClaimedHeadsOptions {
  store: CheckpointStore;
  /**
   * The run's claim. It is stored with heads and writes. With it this saver is the thread's only writer, so it need not read what it knows.
   */
  claim?: ClaimNumber;
  /** The thread has no checkpoint: nothing is read before the first put of a namespace. */
  fresh?: boolean;
  /** The newest root checkpoint when the run was claimed. Ids that the run writes sort after it. */
  newest?: string;
  /**
   * Called when a stored head uses up the steps of a graph that an earlier claim began.
   * @throws the error with which the graph fails
   */
  onStepLimit?: (ns: string, recursionLimit: number | undefined) => void;
}

/** A head to put; its ids are those of `name` and `idOf`. */
export interface NewHead {
  head: Omit<CheckpointHead, "claim" | "first_step">;
  /** Channel versions of the checkpoint; empty where the serde's side compares them. */
  versions: Versions;
  /** LangGraph's metadata of the step. */
  step: StepMetadata;
  recursionLimit: number | undefined;
}

export type FoundHead = [CheckpointHead, TaskWrites[]];

export class ClaimedHeads {
  readonly #options: ClaimedHeadsOptions;
  readonly #versionsOf: (head: CheckpointHead) => Promise<Versions>;
  readonly #ids: OrderedIds;
  #cache = new SaverCache();
  /** Namespaces in which an earlier claim of the run has left a head. */
  readonly #resumed = new Set<string>();
  /** Ids of the checkpoints that this saver has put, or is about to. */
  readonly #mine = new Set<string>();

  /** @param versionsOf channel versions of a head, for `known` */
  constructor(options: ClaimedHeadsOptions, versionsOf: (head: CheckpointHead) => Promise<Versions>) {
    this.#options = options;
    this.#versionsOf = versionsOf;
    this.#ids = new OrderedIds(options.newest);
  }

  /** The stored id, by LangGraph's id or the stored one. A saver without a claim only reads, so it maps no ids. */
  idOf(id: string | undefined): string | undefined {
    return id === undefined || !this.#options.claim ? id : this.#ids.of(id);
  }

  /** A head was read in which LangGraph's own id is this one. */
  named(head: CheckpointHead, own: string): void {
    this.#ids.read(head.ns, head.checkpoint_id, own);
  }

  /** The stored id of a checkpoint that is about to be put; `own` = LangGraph's. */
  name(ns: string, own: string): string {
    const id = this.#options.claim ? this.#ids.put(ns, own) : own;
    this.#mine.add(id);
    return id;
  }

  known(key: CheckpointKey): KnownHead | undefined {
    return this.#cache.get(key);
  }

  /** The head asked for, or the newest one, with its writes. What this saver knows is not read again. */
  async find(thread_id: string, ns: string, asked: string | undefined): Promise<FoundHead | undefined> {
    const { store, claim, fresh } = this.#options;
    if (fresh && !this.#cache.isTouched(thread_id, ns)) return undefined;
    const checkpoint_id = asked ?? (claim && this.#cache.newest(thread_id, ns));
    const key = checkpoint_id === undefined ? undefined : { thread_id, ns, checkpoint_id };
    const known = claim && key && this.#cache.get(key);
    if (known) return [known.head, this.#cache.writes(key) ?? (await this.#rereadWrites(known, key))];

    const since = this.#cache.changes;
    const reading = key && store.writes(thread_id, ns, key.checkpoint_id);
    reading?.catch(() => undefined);
    const head = await store.head(thread_id, ns, checkpoint_id);
    if (!head) return undefined;
    if (claim && isOfRun(head, claim)) this.#resumed.add(ns);
    const writes = await (reading ?? store.writes(thread_id, ns, head.checkpoint_id));
    const versions = await this.#versionsOf(head);
    this.#cache.read({ head, versions }, writes, { newest: asked === undefined, since });
    return [head, writes];
  }

  async #rereadWrites(known: KnownHead, { thread_id, ns, checkpoint_id }: CheckpointKey): Promise<TaskWrites[]> {
    const since = this.#cache.changes;
    const writes = await this.#options.store.writes(thread_id, ns, checkpoint_id);
    this.#cache.read(known, writes, { newest: false, since });
    return writes;
  }

  /** Rejects with what the store rejects with, or with the error of `onStepLimit`. */
  async put({ head: given, versions, step, recursionLimit }: NewHead): Promise<void> {
    const { store, claim, fresh = false, onStepLimit } = this.#options;
    const { ns, thread_id, parent_id } = given;
    const parent = parent_id === undefined ? undefined : this.known({ thread_id, ns, checkpoint_id: parent_id })?.head;
    const first_step = firstStep(step, claim && isOfRun(parent, claim) ? parent : undefined);
    const head: CheckpointHead = { ...given, ...(claim && { claim, first_step }) };
    await store.putHead(head);
    this.#cache.put({ head, versions }, fresh);
    if (this.#resumed.has(ns) && isAtLimit(step.step, first_step, recursionLimit)) onStepLimit?.(ns, recursionLimit);
  }

  /**
   * Puts what a task has written to a checkpoint, which may still have to be put.
   * @param address with LangGraph's id of the checkpoint, or the stored one
   * @returns resolves when the writes are on their way to the store; `stored` when they have arrived
   */
  async beginWrites(
    address: Omit<TaskWrites, "claim" | "foreign" | "writes">,
    writes: Promise<TaskWrite[]>,
  ): Promise<{ stored: Promise<void> }> {
    const { store, claim } = this.#options;
    const { thread_id, ns, checkpoint_id: given } = address;
    const keeping = claim && this.#ids.writtenTo(ns, given, () => store.exists(thread_id, ns, given));
    // Awaited with the values. Until then a failure must not count as unhandled.
    keeping?.catch(() => undefined);
    const dumped = await writes;
    const checkpoint_id = (await keeping) ?? given;
    const at = { ...address, checkpoint_id };
    const foreign = claim !== undefined && !this.#mine.has(checkpoint_id) && !isOfRun(this.known(at)?.head, claim);
    const task: TaskWrites = { ...at, ...(claim && { claim }), ...(foreign && { foreign }), writes: dumped };
    const storing = store.putWrites(task);
    return { stored: claim ? storing.then(() => this.#cache.wrote(task)) : storing };
  }

  /** The thread was removed. */
  forget(): void {
    this.#cache = new SaverCache();
  }
}

const isOfRun = (head: CheckpointHead | undefined, { log_start }: ClaimNumber): boolean =>
  head?.claim?.log_start === log_start;
