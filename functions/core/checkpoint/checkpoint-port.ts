/** The port of checkpoints: bytes by thread, namespace and id. Adapters store them, the engine interprets them. */
import type { Json, JsonObject } from "../../protocol/json.ts";
import type { ThreadStorage } from "../../protocol/thread.ts";
import type { ClaimNumber } from "../run/run-row.ts";

/**
 * A serialised value: the serde's type tag and its bytes. An array that may be cut has one element for each item, any other value has one.
 */
export interface ChannelValue {
  type: string;
  elements: Uint8Array[];
}

export interface CheckpointHead {
  thread_id: string;
  ns: string;
  checkpoint_id: string;
  parent_id?: string;
  /** Absent for heads that no claim wrote (state updates through the API). */
  claim?: ClaimNumber;
  /** The step at which the call of the graph began. Step limits count from there. */
  first_step?: number;
  /** Plain JSON, filterable; holds run_id among others. */
  metadata: JsonObject;
  /** The checkpoint without `channel_values`, serialised. */
  checkpoint: ChannelValue;
  channels: Record<string, ChannelValue>;
  /** What the engine makes of the checkpoint, for reads that should not wait for the graph. At most OUTLINE_BYTES of JSON. */
  outline?: Json;
  /** Belongs to a temporary thread: expires with its log. */
  temporary?: boolean;
}

export interface TaskWrite {
  /** Negative for special writes (error, interrupt, resume …): those are overwritten, ordinary ones are kept as first written. */
  index: number;
  channel: string;
  value: ChannelValue;
}

export interface TaskWrites {
  thread_id: string;
  ns: string;
  checkpoint_id: string;
  task_id: string;
  task_path: string;
  /** Of several runs' writes, the last that wrote. */
  claim?: ClaimNumber;
  /** The checkpoint belongs to another run than the claim. The writes are ignored once the claim's run has ended undone. */
  foreign?: boolean;
  writes: TaskWrite[];
  temporary?: boolean;
}

/** Closes a claim and all older ones of its run. */
export interface Closing {
  claim: ClaimNumber;
  /** Their last head that exists for readers, '' = none. */
  after: string;
  /** Epoch of the claim that closes them; a lower one that comes later changes nothing. */
  by: number;
}

/** What a seal has decided. The finish of the same claim repeats it. */
export interface Seal {
  /** The first checkpoint whose writes need a stamp; '' = all do. */
  from: string;
  /** Epochs of the claims that had closed the run before. */
  knows: readonly number[];
}

export interface HeadQuery {
  /** undefined = all namespaces. */
  ns?: string;
  /** Exclusive. */
  before?: string;
  limit?: number;
  /** Containment, nested objects too. */
  metadata?: JsonObject;
}

/** Stores bytes, knows nothing of LangGraph. No read but `newestOf` shows heads that a closed claim put after its last one. */
export interface CheckpointStore {
  putHead(head: CheckpointHead): Promise<void>;
  putWrites(writes: TaskWrites): Promise<void>;
  /** The head with this id, or the newest visible one of the namespace. Consistent. */
  head(thread_id: string, ns: string, checkpoint_id?: string): Promise<CheckpointHead | undefined>;
  /** Whether there is a visible head with this id: `head` without its values. Consistent. */
  exists(thread_id: string, ns: string, checkpoint_id: string): Promise<boolean>;
  /** Newest first, ordered by id also across namespaces. */
  heads(thread_id: string, query: HeadQuery): AsyncIterable<CheckpointHead>;
  /** Pending writes of a checkpoint. Of each run and task only those of the greatest epoch; runs are merged in their order. */
  writes(thread_id: string, ns: string, checkpoint_id: string): Promise<TaskWrites[]>;
  /** Id of the newest head that this run wrote, hidden ones included: shows whether its claims make progress. */
  newestOf(thread_id: string, log_start: number): Promise<string | undefined>;
  /** For claims whose workers are known to have stopped writing: hides their heads after `after`. */
  close(thread_id: string, closing: Closing): Promise<void>;
  /** For claims whose workers may still write: also makes the pending writes that are there final, and hides those that come later. */
  seal(thread_id: string, closing: Closing): Promise<Seal>;
  /** All of a thread, or all that the claims of one run wrote. */
  remove(thread_id: string, log_start?: number): Promise<void>;
  /**
   * Clears a deleted thread whose id may be in use again: what no claim wrote, and everything of the runs whose log begins at or before
   * this slot.
   */
  removeUntil(thread_id: string, slot: number): Promise<void>;
  /** Removes the heads of each namespace but the newest visible one. Those that keep differences need the older ones, and keep them. */
  removeOlder(thread_id: string): Promise<void>;
  /** Removes values that no head and no pending write refers to, unless a run wrote them whose log begins after this slot. */
  removeUnreferenced(thread_id: string, slot: number): Promise<void>;
  /** Bytes as they are stored. */
  measure(thread_id: string): Promise<ThreadStorage>;
  copy(from: string, to: string): Promise<void>;
}
