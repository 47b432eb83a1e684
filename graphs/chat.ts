/**
 * An agent that calls tools: the model speaks or asks for a tool, the tool answers, the model goes on.
 * Stream it with `messages-tuple` to see its words as they come.
 */
import { tool } from "@langchain/core/tools";
import { MessagesValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { z } from "zod";
import { chatModel } from "./chat-model.ts";

const getWeather = tool(({ city }) => `21 degrees and sunny in ${city}`, {
  name: "get_weather",
  description: "The weather in a city, now",
  schema: z.object({ city: z.string() }),
});

const getTime = tool(({ zone }) => new Date().toLocaleTimeString("en-GB", { timeZone: zone }), {
  name: "get_time",
  description: "The time of day in an IANA time zone such as Europe/Paris",
  schema: z.object({ zone: z.string() }),
});

const tools = [getWeather, getTime];
const State = new StateSchema({ messages: MessagesValue });

const callModel: typeof State.Node = async ({ messages }) => {
  const model = await chatModel();
  return { messages: [await model.bindTools(tools).invoke(messages)] };
};

export const graph = new StateGraph(State)
  .addNode("agent", callModel)
  .addNode("tools", new ToolNode(tools))
  .addEdge(START, "agent")
  .addConditionalEdges("agent", toolsCondition)
  .addEdge("tools", "agent")
  .compile();
