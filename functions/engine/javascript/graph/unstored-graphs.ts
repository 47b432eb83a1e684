/**
 * Keeps hand-overs out of graphs that keep no checkpoints: stopped between two of its supersteps, such a graph would begin again. So the
 * node that it stands in, or that calls it, is done to its end.
 */
import type { Graph, LangGraph } from "../langgraph.ts";
import { aroundBegins } from "./around-begins.ts";

const known = new WeakSet();

export function doUnstoredToTheirEnd(graph: Graph, { RunControl }: Partial<LangGraph>): void {
  if (!RunControl) return;
  aroundBegins(graph, known, ({ checkpointer }, options) =>
    checkpointer === false ? { ...options, control: new RunControl() } : options,
  );
}
