/** State that is kept as differences: no checkpoint alone says what it is. */
import { DeltaValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

/** Set by a test once a later version of the project throws on what an earlier one has stored. */
const REFUSES = Symbol.for("threadline-test:refuses");

const State = new StateSchema({
  said: new DeltaValue(
    z.array(z.string()).default(() => []),
    {
      reducer: (current: string[], writes: string[][]) => {
        if (Reflect.get(globalThis, REFUSES) === true) throw new TypeError("refused");
        return [...current, ...writes.flat()];
      },
    },
  ),
});

export const graph = new StateGraph(State)
  .addNode("hear", () => ({ said: ["heard"] }))
  .addEdge(START, "hear")
  .compile();
