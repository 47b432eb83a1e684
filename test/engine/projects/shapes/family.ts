/** Graphs in graphs, and a factory that makes one by its config. */
import { Annotation, type LangGraphRunnableConfig, StateGraph } from "@langchain/langgraph";
import type { ServerRuntime } from "@langchain/langgraph-sdk";
import { z } from "zod";

const twoSteps = (state: ReturnType<typeof z.object>) =>
  new StateGraph(state)
    .addNode("first", () => ({}))
    .addNode("second", () => ({}))
    .addEdge("__start__", "first")
    .addEdge("first", "second");

const grandchild = twoSteps(z.object({ toy: z.string() })).compile();
const child = twoSteps(z.object({ name: z.string(), toy: z.string() }))
  .addNode("grandchild", grandchild)
  .addEdge("second", "grandchild")
  .compile();
export const family = twoSteps(z.object({ name: z.string() }))
  .addNode("child", child)
  .addEdge("second", "child")
  .compile();

const made_for: unknown[] = [];
export const made = (config: LangGraphRunnableConfig, runtime: ServerRuntime<object>) => {
  made_for.push([config.configurable, runtime]);
  const step = String(config.configurable?.["step"]);
  return new StateGraph(z.object({ [step]: z.string() })).addNode("node", () => ({})).addEdge("__start__", "node");
};
/** Tells what the factory was asked with. */
export const lastMade = new StateGraph(Annotation.Root({ said: Annotation<unknown> }))
  .addNode("tell", () => ({ said: made_for }))
  .addEdge("__start__", "tell");
