/** What the next deployment makes of the graph `steps`: one node does something else. */
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  trail: Annotation<string[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});

export const changed = new StateGraph(State)
  .addNode("a", () => ({ trail: ["new a"] }))
  .addNode("b", () => ({ trail: ["new b"] }))
  .addNode("c", () => ({ trail: ["new c"] }))
  .addEdge(START, "a")
  .addEdge("a", "b")
  .addEdge("b", "c")
  .addEdge("c", END)
  .compile();

/** Where b was there is nothing. */
export const shortened = new StateGraph(State)
  .addNode("a", () => ({ trail: ["new a"] }))
  .addNode("c", () => ({ trail: ["new c"] }))
  .addEdge(START, "a")
  .addEdge("a", "c")
  .addEdge("c", END)
  .compile();
