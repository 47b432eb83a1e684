/** A tool that reports its progress, and one that fails. */
import { AIMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";

const schema = { type: "object" as const, properties: {} };

const steps = tool(
  async function* () {
    yield { step: 0 };
    yield { step: 1 };
    return "done";
  },
  { name: "steps", description: "steps", schema },
);

const broken = tool(
  () => {
    throw new Error("secret text");
  },
  { name: "broken", description: "broken", schema },
);

const calls = ["steps", "broken"].map((name, id) => ({ name, args: {}, id: `${id}`, type: "tool_call" as const }));

export const graph = new StateGraph(MessagesAnnotation)
  .addNode("model", () => ({ messages: [new AIMessage({ id: "m", content: "", tool_calls: calls })] }))
  .addNode("tools", new ToolNode([steps, broken]))
  .addEdge(START, "model")
  .addEdge("model", "tools")
  .compile();
