/** Five tasks side by side, and the same inside of a node. */
import { Annotation, Send, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  q: Annotation<number>(),
  done: Annotation<number[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});

const five = () =>
  new StateGraph(State)
    .addNode("a", () => ({}))
    .addNode("w", ({ q }) => ({ done: [q] }))
    .addNode("last", ({ done }) => ({ done: [done.length] }))
    .addEdge(START, "a")
    .addConditionalEdges("a", () => [0, 1, 2, 3, 4].map((q) => new Send("w", { q })), ["w"])
    .addEdge("w", "last");

export const sends = five().compile();

export const sendsInside = new StateGraph(State).addNode("five", five().compile()).addEdge(START, "five").compile();
