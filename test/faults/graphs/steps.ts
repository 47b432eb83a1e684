/**
 * Three nodes in a row, one alone, and two with a question between. Each tells a listener of the process that it runs, which may hold it
 * up, and leaves its name.
 */
import { Annotation, END, interrupt, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

type Listener = (node: string, thread_id: string) => Promise<void> | void;
const listener = () => (globalThis as { nodeRuns?: Listener }).nodeRuns;

const State = Annotation.Root({
  trail: Annotation<string[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});

const node = (name: string) => async (_state: typeof State.State, config: LangGraphRunnableConfig) => {
  config.writer?.(`${name} begins`);
  await listener()?.(name, String(config.configurable?.["thread_id"]));
  config.writer?.(`${name} ends`);
  return { trail: [name] };
};

export const short = new StateGraph(State).addNode("a", node("a")).addEdge(START, "a").compile();

export const asking = new StateGraph(State)
  .addNode("a", node("a"))
  .addNode("ask", () => ({ trail: [String(interrupt("?"))] }))
  .addNode("b", node("b"))
  .addEdge(START, "a")
  .addEdge("a", "ask")
  .addEdge("ask", "b")
  .compile();

const twoSteps = new StateGraph(State)
  .addNode("x", node("x"))
  .addNode("y", node("y"))
  .addEdge(START, "x")
  .addEdge("x", "y");

const inner = twoSteps.compile();

/** Two side by side, one of them a graph of its own, then one more. */
export const nested = new StateGraph(State)
  .addNode("a", node("a"))
  .addNode("inner", inner)
  .addNode("c", node("c"))
  .addEdge(START, "a")
  .addEdge(START, "inner")
  .addEdge("a", "c")
  .addEdge("inner", "c")
  .compile();

/** With one that keeps no checkpoints. */
export const unstored = new StateGraph(State)
  .addNode("a", node("a"))
  .addNode("unstored", twoSteps.compile({ checkpointer: false }))
  .addNode("c", node("c"))
  .addEdge(START, "a")
  .addEdge("a", "unstored")
  .addEdge("unstored", "c")
  .compile();

/** With one that keeps no checkpoints and has one inside that does. */
export const unstoredAround = new StateGraph(State)
  .addNode("a", node("a"))
  .addNode(
    "around",
    new StateGraph(State).addNode("inner", inner).addEdge(START, "inner").compile({ checkpointer: false }),
  )
  .addNode("c", node("c"))
  .addEdge(START, "a")
  .addEdge("a", "around")
  .addEdge("around", "c")
  .compile();

/** One that keeps its state from one call to the next is called twice. */
export const kept = new StateGraph(State)
  .addNode("a", node("a"))
  .addNode("kept", twoSteps.compile({ checkpointer: true }))
  .addNode("c", node("c"))
  .addEdge(START, "a")
  .addEdge("a", "kept")
  .addEdge("kept", "c")
  .addConditionalEdges("c", ({ trail }) => (trail.filter((name) => name === "c").length > 1 ? END : "kept"), [
    "kept",
    END,
  ])
  .compile();

/** A node calls the graph. */
export const calling = new StateGraph(State)
  .addNode("a", node("a"))
  .addNode("call", async (_state: typeof State.State, config) => ({ trail: (await inner.invoke({}, config)).trail }))
  .addNode("c", node("c"))
  .addEdge(START, "a")
  .addEdge(START, "call")
  .addEdge("a", "c")
  .addEdge("call", "c")
  .compile();

export const endless = new StateGraph(State).addNode("a", node("a")).addEdge(START, "a").addEdge("a", "a").compile();

export const endlessInside = new StateGraph(State)
  .addNode("b", node("b"))
  .addNode("endless", endless)
  .addEdge(START, "b")
  .addEdge("b", "endless")
  .compile();

export const graph = new StateGraph(State)
  .addNode("a", node("a"))
  .addNode("b", node("b"))
  .addNode("c", node("c"))
  .addEdge(START, "a")
  .addEdge("a", "b")
  .addEdge("b", "c")
  .addEdge("c", END)
  .compile();
