/**
 * Graphs that keep their state from one call to the next (`checkpointer: true`), in a run that goes on. LangGraph resumes all graphs of the
 * superstep. One that no earlier claim has begun would be taken as done by what it did in the call before.
 */
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { type Graph, isObject } from "../langgraph.ts";
import { aroundBegins } from "./around-begins.ts";

const known = new WeakSet();
/** Savers of runs that go on. */
const goingOn = new WeakSet<object>();

const RESUMING = "__pregel_resuming";
const SAVER = "__pregel_checkpointer";
const SCRATCHPAD = "__pregel_scratchpad";

/** Begins those anew that are not begun. */
export function beginKeptGraphs(graph: Graph, saver: BaseCheckpointSaver): void {
  goingOn.add(saver);
  aroundBegins(graph, known, ({ checkpointer }, options) => {
    const { configurable } = options;
    if (checkpointer !== true || !isObject(configurable) || configurable[RESUMING] !== true) return options;
    const { [SAVER]: own, thread_id } = configurable;
    if (!isObject(own) || !goingOn.has(own) || typeof thread_id !== "string") return options;
    return asBegun(options, configurable, { saver: own as unknown as BaseCheckpointSaver, thread_id });
  });
}

async function asBegun(
  options: Record<string, unknown>,
  configurable: Record<string, unknown>,
  { saver, thread_id }: { saver: BaseCheckpointSaver; thread_id: string },
): Promise<object> {
  const stored = async (checkpoint_ns: string): Promise<string> => {
    const found = await saver.getTuple({ configurable: { thread_id, checkpoint_ns } });
    return String(found?.config.configurable?.["checkpoint_id"] ?? "");
  };
  const own = await stored(keptNamespace(configurable));
  const around = await stored(outerNamespace(configurable["checkpoint_map"]));
  return own > around ? options : { ...options, configurable: { ...configurable, [RESUMING]: undefined } };
}

/** Where such a graph keeps its state: without ids of tasks, and with the number of the call, from a node's second on. */
function keptNamespace({ checkpoint_ns, [SCRATCHPAD]: scratchpad }: Record<string, unknown>): string {
  const names = String(checkpoint_ns)
    .split("|")
    .map((part) => part.split(":")[0]);
  const calls = isObject(scratchpad) ? Number(scratchpad["subgraphCounter"] ?? 0) : 0;
  return [...names, ...(calls > 0 ? [calls] : [])].join("|");
}

/** Of the graphs around, the innermost has the newest checkpoint. */
function outerNamespace(checkpoints: unknown): string {
  const all = isObject(checkpoints) ? Object.entries(checkpoints) : [];
  const [[ns] = [""]] = all.toSorted(([, one], [, other]) => (String(one) > String(other) ? -1 : 1));
  return ns;
}
