/** A head whose outline is that of the project's graph: what state and history are made of without that graph. */
import type { CheckpointHead, TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";
import { isJsonObject } from "../../protocol/json.ts";
import type { Outline } from "./outline.ts";

export interface OutlinedHead {
  head: CheckpointHead;
  writes: readonly TaskWrites[];
  outline: Outline;
  /** It was asked for as the newest, not by its id: then LangGraph applies what its tasks have written. */
  isNewest: boolean;
}

/** It is of a graph that another one has called. */
export const hasParents = ({ metadata: { parents } }: CheckpointHead): boolean =>
  isJsonObject(parents) && Object.keys(parents).length > 0;
