/**
 * Keeps hand-overs out of graphs that keep no checkpoints: stopped between two of its supersteps, such a graph would begin again. So the
 * node that it stands in, or that calls it, is done to its end.
 */
import { type Graph, isObject, type LangGraph } from "../langgraph.ts";

/** LangGraph's method that begins every graph, of the outermost one and of those inside. */
const BEGINS = "_streamIterator";

/** Classes of graphs that know it: one for each copy of LangGraph. */
const known = new WeakSet();

export function doUnstoredToTheirEnd(graph: Graph, { RunControl }: Partial<LangGraph>): void {
  const pregel = ownerOf(graph, BEGINS);
  const begin = pregel?.[BEGINS];
  if (!RunControl || !pregel || typeof begin !== "function" || known.has(pregel)) return;
  known.add(pregel);
  pregel[BEGINS] = function (this: Graph, input: unknown, options: unknown): unknown {
    const own =
      this.checkpointer === false ? { ...(isObject(options) && options), control: new RunControl() } : options;
    return Reflect.apply(begin, this, [input, own]);
  };
}

/** The object on the chain of prototypes that has the property itself. */
function ownerOf(object: unknown, property: string): Record<string, unknown> | undefined {
  for (let at = object; isObject(at); at = Object.getPrototypeOf(at) as unknown)
    if (Object.hasOwn(at, property)) return at;
  return undefined;
}
