/** Messages of mode `messages-tuple` as the events of the thread-centric protocol. */
import { MessageBlocks } from "../../functions/core/stream/message-blocks.ts";
import { toolOf } from "../../functions/core/stream/shown-events.ts";

const AT = { langgraph_node: "agent", langgraph_checkpoint_ns: "agent:1" };
const JAVASCRIPT = { graph: [], byGraph: false };
const eventsOf = (told: ReturnType<MessageBlocks["take"]>) => told.map(({ data }) => data["event"]);

test("a message in chunks ends with its task, a whole one at once", () => {
  const blocks = new MessageBlocks();

  const chunk = blocks.take([{ type: "ai", id: "a", content: "Hel", tool_call_chunks: [] }, AT], JAVASCRIPT);
  const whole = blocks.take([{ type: "ai", id: "b", content: "Hi", tool_calls: [] }, AT], JAVASCRIPT);
  const more = blocks.take([{ type: "AIMessageChunk", id: "a", content: "lo", tool_call_chunks: [] }, AT], JAVASCRIPT);
  const ended = blocks.endTask(["agent:1"]);

  expect(eventsOf(chunk)).toEqual(["message-start", "content-block-start", "content-block-delta"]);
  expect(eventsOf(whole).at(-1)).toBe("message-finish");
  expect(eventsOf(more)).toEqual(["content-block-delta"]);
  expect(ended.map(({ data }) => data)).toMatchObject([
    { event: "content-block-finish", content: { type: "text", text: "Hello" } },
    { event: "message-finish" },
  ]);
});

test("events of tools are those of the protocol, from JavaScript and from Python", () => {
  const started = { event: "tool-started", tool_call_id: "1", tool_name: "search", input: { query: "v3" } };

  expect(toolOf(started)).toEqual(started);
  expect(toolOf({ event: "on_tool_start", toolCallId: "1", name: "search", input: { query: "v3" } })).toEqual(started);
});
