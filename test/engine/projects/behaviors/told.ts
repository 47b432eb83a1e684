/** Says what its node was told: the settings of the run, and its context. */
import { Annotation, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});

const isPlain = ([key, value]: [string, unknown]): boolean => !key.startsWith("__pregel") || typeof value === "string";

export const graph = new StateGraph(State)
  .addNode("tell", (_state: typeof State.State, { writer, configurable = {}, context }: LangGraphRunnableConfig) => {
    writer?.({ configurable: Object.fromEntries(Object.entries(configurable).filter(isPlain)), context });
    return { log: ["told"] };
  })
  .addEdge(START, "tell")
  .compile();
