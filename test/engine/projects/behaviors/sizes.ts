/** Values that are too large to be kept or shown, and more channels than a row holds the names of. */
import { Annotation, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  /** Characters: of one write, and how often it is written in a row. */
  size: Annotation<number>,
  times: Annotation<number>,
  first: Annotation<string>,
  second: Annotation<string>,
});

/** Two channels that are small enough alone, or one that is not. */
export const large = new StateGraph(State)
  .addNode("one", ({ size }: typeof State.State) => ({ first: "x".repeat(size) }))
  .addNode("two", ({ size, times }: typeof State.State, { writer }: LangGraphRunnableConfig) => {
    writer?.("two");
    return times > 1 ? { second: "y".repeat(size) } : {};
  })
  .addEdge(START, "one")
  .addEdge("one", "two")
  .compile();

const names = Array.from({ length: 400 }, (_, n) => `a_channel_with_a_long_name_${n}`);
const Many = Annotation.Root(Object.fromEntries(names.map((name) => [name, Annotation<number>])));

export const many = new StateGraph(Many)
  .addNode("all", () => Object.fromEntries(names.map((name, n) => [name, n])))
  .addEdge(START, "all")
  .compile();
