/**
 * `until` steps of `ms` each, which speak while they work, and wait for the file `hold` from the second on. Each adds its number to the
 * state and tells it: what is done twice shows.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Annotation, END, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  until: Annotation<number>,
  ms: Annotation<number>,
  hold: Annotation<string | undefined>,
  trail: Annotation<number[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});

const WORDS = 5;
const POLL_MS = 20;

export const graph = new StateGraph(State)
  .addNode("step", async ({ ms, hold, trail }, { writer }: LangGraphRunnableConfig) => {
    const step = trail.length + 1;
    for (let word = 1; word <= WORDS; word++) {
      writer?.({ step, word });
      await sleep(ms / WORDS);
    }
    while (step > 1 && hold !== undefined && !existsSync(hold)) await sleep(POLL_MS);
    return { trail: [step] };
  })
  .addEdge(START, "step")
  .addConditionalEdges("step", ({ until, trail }) => (trail.length < until ? "step" : END))
  .compile();
