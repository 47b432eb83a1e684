/** A graph as a node of another one. Stream it with `stream_subgraphs` to see inside `node_2`. */
import { START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

/** `foo` is shared with the parent, `bar` stays inside. */
const ChildState = new StateSchema({
  foo: z.string(),
  bar: z.string().optional(),
});

const child = new StateGraph(ChildState)
  .addNode("subgraph_node_1", () => ({ bar: "bar" }))
  .addNode("subgraph_node_2", ({ foo, bar }) => ({ foo: `${foo}${bar}` }))
  .addEdge(START, "subgraph_node_1")
  .addEdge("subgraph_node_1", "subgraph_node_2")
  .compile();

const ParentState = new StateSchema({ foo: z.string() });

export const graph = new StateGraph(ParentState)
  .addNode("node_1", ({ foo }) => ({ foo: `hi! ${foo}` }))
  .addNode("node_2", child)
  .addEdge(START, "node_1")
  .addEdge("node_1", "node_2")
  .compile();
