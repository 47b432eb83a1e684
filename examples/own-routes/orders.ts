/** Keeps the lines of an order, and says what it comes to: a stand-in for the agent that handles it. */
import { Annotation, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  lines: Annotation<{ name: string; cents: number }[]>({
    reducer: (kept, added) => [...kept, ...added],
    default: () => [],
  }),
  summary: Annotation<string>,
});

export const graph = new StateGraph(State)
  .addNode("sum_up", ({ lines }) => {
    const cents = lines.reduce((sum, line) => sum + line.cents, 0);
    return { summary: `${lines.map(({ name }) => name).join(", ")}: ${(cents / 100).toFixed(2)}` };
  })
  .addEdge(START, "sum_up")
  .compile();
