/** Changes the options with which LangGraph begins graphs: the outermost one, and those inside. */
import { type Graph, isObject } from "../langgraph.ts";

/** LangGraph's method that begins every graph. */
const BEGINS = "_streamIterator";

type Begin = (this: Graph, input: unknown, options: unknown) => AsyncGenerator;
type Change = (graph: Graph, options: Record<string, unknown>) => object | Promise<object>;

/** For all graphs of this copy of LangGraph. @param known those changed before: one class for each copy */
export function aroundBegins(graph: Graph, known: WeakSet<object>, change: Change): void {
  const pregel = ownerOf(graph, BEGINS);
  const begin = pregel?.[BEGINS];
  if (!pregel || typeof begin !== "function" || known.has(pregel)) return;
  known.add(pregel);
  pregel[BEGINS] = function (this: Graph, input: unknown, options: unknown): AsyncGenerator {
    const changed = change(this, isObject(options) ? options : {});
    const begun = (own: object) => Reflect.apply(begin as Begin, this, [input, own]);
    return changed instanceof Promise ? later(changed, begun) : begun(changed);
  };
}

async function* later(options: Promise<object>, begun: (own: object) => AsyncGenerator): AsyncGenerator {
  yield* begun(await options);
}

/** The object on the chain of prototypes that has the property itself. */
function ownerOf(object: unknown, property: string): Record<string, unknown> | undefined {
  for (let at = object; isObject(at); at = Object.getPrototypeOf(at) as unknown)
    if (Object.hasOwn(at, property)) return at;
  return undefined;
}
