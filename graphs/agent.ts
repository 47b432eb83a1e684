/** Two steps, one after the other. Stream it with `updates` to see each step, with `values` to see the whole state. */
import { END, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  topic: z.string(),
  joke: z.string().optional(),
});

const refineTopic: typeof State.Node = ({ topic }) => ({ topic: `${topic} and cats` });

const generateJoke: typeof State.Node = ({ topic }) => ({ joke: `This is a joke about ${topic}` });

export const graph = new StateGraph(State)
  .addNode("refine_topic", refineTopic)
  .addNode("generate_joke", generateJoke)
  .addEdge(START, "refine_topic")
  .addEdge("refine_topic", "generate_joke")
  .addEdge("generate_joke", END)
  .compile();
