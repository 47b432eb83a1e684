/** `until` steps of `ms` each, which speak while they work. Each adds its number to the state and tells it: what is done twice shows. */
import { setTimeout as sleep } from "node:timers/promises";
import { Annotation, END, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  until: Annotation<number>,
  ms: Annotation<number>,
  trail: Annotation<number[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});

const WORDS = 5;

export const graph = new StateGraph(State)
  .addNode("step", async ({ ms, trail }, { writer }: LangGraphRunnableConfig) => {
    const step = trail.length + 1;
    for (let word = 1; word <= WORDS; word++) {
      writer?.({ step, word });
      await sleep(ms / WORDS);
    }
    return { trail: [step] };
  })
  .addEdge(START, "step")
  .addConditionalEdges("step", ({ until, trail }) => (trail.length < until ? "step" : END))
  .compile();
