/** Models in several places: tagged, silent, in a subgraph; and whole messages. */
import { AIMessage } from "@langchain/core/messages";
import { Annotation, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { FakeStreamingChatModel } from "../../../fixtures/golden/models.ts";

const model = new FakeStreamingChatModel(() => ["one ", "two"]);

export const tagged = new StateGraph(MessagesAnnotation)
  .addNode("loud", async ({ messages }) => ({
    messages: [await model.withConfig({ tags: ["joke"] }).invoke(messages)],
  }))
  .addNode("silent", async ({ messages }) => {
    await model.withConfig({ tags: ["nostream"] }).invoke(messages);
    return {};
  })
  .addNode("whole", () => ({ messages: [new AIMessage({ content: "at once", id: "whole-1" })] }))
  .addEdge(START, "loud")
  .addEdge("loud", "silent")
  .addEdge("silent", "whole")
  .compile();

const Nested = Annotation.Root({ said: Annotation<string> });
const child = new StateGraph(Nested)
  .addNode("speak", async () => ({ said: (await model.invoke("hi")).text }))
  .addEdge(START, "speak")
  .compile();

export const nested = new StateGraph(Nested).addNode("outer", child).addEdge(START, "outer").compile();
