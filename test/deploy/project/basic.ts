/** What most graphs do: steps, work that takes a while, a question to a human. */
import { setTimeout as pause } from "node:timers/promises";
import { interrupt, type LangGraphRunnableConfig, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const Topic = new StateSchema({ topic: z.string(), joke: z.string().optional() });

export const agent = new StateGraph(Topic)
  .addNode("refine", ({ topic }) => ({ topic: `${topic} and cats` }))
  .addNode("tell", ({ topic }) => ({ joke: `This is a joke about ${topic}` }))
  .addEdge(START, "refine")
  .addEdge("refine", "tell")
  .compile();

const Steps = new StateSchema({ steps: z.number(), result: z.string().optional() });

async function work({ steps }: typeof Steps.State, { writer, signal }: LangGraphRunnableConfig) {
  for (let step = 1; step <= steps; step++) {
    await pause(100, undefined, signal ? { signal } : {});
    writer?.({ step });
  }
  return { result: `${steps} steps done` };
}

export const progress = new StateGraph(Steps).addNode("work", work).addEdge(START, "work").compile();

const Request = new StateSchema({ request: z.string(), sent: z.string().optional() });

export const approval = new StateGraph(Request)
  .addNode("review", ({ request }) => ({ sent: interrupt<string, string>(`Send an answer about ${request}?`) }))
  .addEdge(START, "review")
  .compile();
