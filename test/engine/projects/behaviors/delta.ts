/** State that is kept as differences: no checkpoint alone says what it is. */
import { DeltaValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  said: new DeltaValue(
    z.array(z.string()).default(() => []),
    { reducer: (current: string[], writes: string[][]) => [...current, ...writes.flat()] },
  ),
});

export const graph = new StateGraph(State)
  .addNode("hear", () => ({ said: ["heard"] }))
  .addEdge(START, "hear")
  .compile();
