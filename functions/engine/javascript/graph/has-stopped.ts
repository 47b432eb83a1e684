/** Breakpoints, as a later claim of a run finds them. */
import type { Invocation } from "../../../core/run/execute/engine-port.ts";
import type { Graph } from "../langgraph.ts";

type Nodes = Invocation["kwargs"]["interrupt_before"];

/**
 * Whether an earlier claim stopped at a breakpoint and died before it could finish. LangGraph would take another start as the permission to
 * go on.
 */
export async function hasStopped(graph: Graph, { thread_id, kwargs }: Invocation): Promise<boolean> {
  const before = kwargs.interrupt_before ?? graph.interruptBefore;
  const after = kwargs.interrupt_after ?? graph.interruptAfter;
  if (!names(before) && !names(after)) return false;
  const here = await graph.getState({ configurable: { thread_id } });
  if (here.next.length === 0 || here.metadata?.["source"] !== "loop") return false;
  if (here.next.some((node) => isAmong(before, node))) return true;
  if (!names(after) || !here.parentConfig?.configurable) return false;
  const parent = await graph.getState({ configurable: here.parentConfig.configurable });
  return parent.tasks.some(({ name }) => isAmong(after, name));
}

const names = (nodes: Nodes | undefined): boolean => !!nodes && nodes.length > 0;

/** `*` means every node of the project's graph. */
const isAmong = (nodes: Nodes | undefined, node: string): boolean =>
  nodes === "*" ? !node.startsWith("__") : !!nodes?.includes(node);
