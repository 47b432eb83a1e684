/** The port of checkpoints: bytes by thread, namespace and id. Adapters store them, the engine gives them meaning. Must not know either. */
import type { JsonObject } from "../protocol/json.ts";
import type { ClaimNumber } from "./rows.ts";

/** A serialised value: the serde's type tag and its bytes, one element each of an array that may be cut, else one element. */
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
  /** Plain JSON, filterable; holds run_id among others. */
  metadata: JsonObject;
  /** The checkpoint without `channel_values`, serialised. */
  checkpoint: ChannelValue;
  channels: Record<string, ChannelValue>;
  /** Of a temporary thread: goes with its log. */
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
  claim?: ClaimNumber;
  /** The checkpoint is not one of the claim's run: what is written to it counts only if the run has left something (`undone`). */
  foreign?: boolean;
  writes: TaskWrite[];
  temporary?: boolean;
}

/** A claim is closed with the older ones of its run. */
export interface Closing {
  claim: ClaimNumber;
  /** Their last head, '' = none. */
  after: string;
  /** Epoch of the claim that closes them: what an older one does later is void. */
  by: number;
}

export interface Seal {
  /** The first checkpoint whose writes are concerned; '' = all. */
  from: string;
  /** By which claims the run had been closed before. */
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

/** Stores bytes, knows nothing of LangGraph. Heads of a closed claim after its last head do not exist for any read but `newestOf`. */
export interface CheckpointStore {
  putHead(head: CheckpointHead): Promise<void>;
  putWrites(writes: TaskWrites): Promise<void>;
  /** The head asked for, or the newest visible of the namespace. Consistent. */
  head(thread_id: string, ns: string, checkpoint_id?: string): Promise<CheckpointHead | undefined>;
  /** Newest first, over namespaces by id. */
  heads(thread_id: string, query: HeadQuery): AsyncIterable<CheckpointHead>;
  /** Pending writes of a checkpoint: of each run only a task's greatest epoch, runs merged in their order. */
  writes(thread_id: string, ns: string, checkpoint_id: string): Promise<TaskWrites[]>;
  /** Id of the newest head that this run wrote, hidden or not: tells whether claims make progress. */
  newestOf(thread_id: string, log_start: number): Promise<string | undefined>;
  /** The claim and older ones of its run, whose workers are known to write no more: heads after `after` do not exist, '' = none does. */
  close(thread_id: string, closing: Closing): Promise<void>;
  /**
   * The same where their workers may not know it yet: of their pending writes those exist, unchanged, that are there now.
   * @returns what the finish of the same claim repeats
   */
  seal(thread_id: string, closing: Closing): Promise<Seal>;
  /** All of a thread, or all that the claims of one run wrote. */
  remove(thread_id: string, log_start?: number): Promise<void>;
  /** What no claim wrote, and all of the runs whose log begins at or before this slot: of a deleted thread, whose id may be in use again. */
  removeUntil(thread_id: string, slot: number): Promise<void>;
  copy(from: string, to: string): Promise<void>;
}
