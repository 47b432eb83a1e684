/** Work that tells how far it is. Stream it with `custom` to get whatever a node writes, when it writes it. */
import { setTimeout as pause } from "node:timers/promises";
import { type LangGraphRunnableConfig, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  steps: z.number().int().positive().default(5),
  result: z.string().optional(),
});

async function work({ steps }: typeof State.State, { writer, signal }: LangGraphRunnableConfig) {
  for (let step = 1; step <= steps; step++) {
    await pause(300, undefined, signal ? { signal } : {});
    writer?.({ step, of: steps });
  }
  return { result: `${steps} steps done` };
}

export const graph = new StateGraph(State).addNode("work", work).addEdge(START, "work").compile();
