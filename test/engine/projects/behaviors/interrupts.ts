/** Graphs that stop: at several interrupts at once, in a subgraph, in a subgraph whose interrupt is caught. */
import { Annotation, interrupt, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});
type Said = typeof State.State;

const ask = (question: string) => () => ({ said: [`${question}: ${String(interrupt(question))}`] });

export const parallel = new StateGraph(State)
  .addNode("one", ask("one"))
  .addNode("two", ask("two"))
  .addNode("free", () => ({ said: ["free"] }))
  .addEdge(START, "one")
  .addEdge(START, "two")
  .addEdge(START, "free")
  .compile();

const child = new StateGraph(State).addNode("inner", ask("inner")).addEdge(START, "inner");

export const nested = new StateGraph(State)
  .addNode("outer", child.compile())
  .addNode("last", () => ({ said: ["last"] }))
  .addEdge(START, "outer")
  .addEdge("outer", "last")
  .compile();

const called = child.compile();

/** Catches whatever the graph that it calls throws, its interrupt too. */
export const catching = new StateGraph(State)
  .addNode("caller", async (_state: Said, config) => {
    try {
      await called.invoke({ said: [] }, config);
    } catch {
      return { said: ["caught"] };
    }
    return { said: ["done"] };
  })
  .addEdge(START, "caller")
  .compile();
