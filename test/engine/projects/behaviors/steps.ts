/** Graphs of several supersteps that can be watched and stopped. */
import { Annotation, END, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  n: Annotation<number>,
  done: Annotation<number[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});
type Counting = typeof State.State;

/** Does one step after the other, and tells of each. */
export const counter = new StateGraph(State)
  .addNode("step", async ({ done }: Counting, { writer }: LangGraphRunnableConfig) => {
    writer?.(done.length);
    await new Promise(setImmediate);
    return { done: [done.length] };
  })
  .addEdge(START, "step")
  .addConditionalEdges("step", ({ n, done }: Counting) => (done.length < n ? "step" : END))
  .compile();

/** Waits for nothing else than its signal. */
export const patient = new StateGraph(State)
  .addNode("first", () => ({ done: [0] }))
  .addNode("wait", async (_state: Counting, { writer, signal }: LangGraphRunnableConfig) => {
    writer?.("waiting");
    await new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    return {};
  })
  .addEdge(START, "first")
  .addEdge("first", "wait")
  .compile();

/** Two nodes in a row, and a third that a command can send to. */
export const path = new StateGraph(State)
  .addNode("a", () => ({ done: [1] }))
  .addNode("b", () => ({ done: [2] }))
  .addNode("c", ({ n }: Counting) => ({ done: [n] }))
  .addEdge(START, "a")
  .addEdge("a", "b")
  .addConditionalEdges("b", () => END, ["c", END])
  .compile();
