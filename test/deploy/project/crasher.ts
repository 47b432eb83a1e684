/** Kills its process in the second node, the first time: the run has to be taken up from its checkpoint by another one. */
import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type LangGraphRunnableConfig, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({ first: z.string().optional(), second: z.string().optional() });

function second(_: typeof State.State, { configurable }: LangGraphRunnableConfig) {
  const marker = path.join(tmpdir(), `crashed-${String(configurable?.["thread_id"])}`);
  if (existsSync(marker)) return { second: "done" };
  writeFileSync(marker, "");
  process.exit(1);
}

export const graph = new StateGraph(State)
  .addNode("one", () => ({ first: new Date().toISOString() }))
  .addNode("two", second)
  .addEdge(START, "one")
  .addEdge("one", "two")
  .compile();
