/** Which event of `streamEvents` shows the end of a task. */
import type { TaskRef } from "../../events/task-ends.ts";
import { isObject } from "../langgraph.ts";

interface ChainEvent {
  event: string;
  name?: string;
  tags?: string[];
  metadata?: unknown;
}

/** The task whose end this event shows; undefined for the end of something that a node called. */
export function endedTask({ event, name, tags, metadata }: ChainEvent): TaskRef | undefined {
  if (event !== "on_chain_end" || !tags?.some((tag) => tag.startsWith("graph:step:"))) return undefined;
  if (!isObject(metadata) || metadata["langgraph_node"] !== name) return undefined;
  const path = metadata["langgraph_checkpoint_ns"];
  if (typeof path !== "string") return undefined;
  const ns = path.slice(0, Math.max(path.lastIndexOf("|"), 0));
  return { ns, task_id: path.slice(path.lastIndexOf(":") + 1) };
}
