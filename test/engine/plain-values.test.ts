/** Stored values are shown without LangGraph as they are with it, or left to it. */
import { AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import * as lg from "@langchain/langgraph";
import { plainValue } from "../../functions/engine/javascript/checkpoint/plain-value.ts";
import { dumpChannel, loadChannel } from "../../functions/engine/javascript/checkpoint/serialise-channel.ts";
import { toPlain } from "../../functions/engine/javascript/events/to-json.ts";

const { serde } = new lg.MemorySaver();

/** As text, by the serde and without it; the latter is undefined where it is left to the serde. */
async function bothWays(value: unknown): Promise<[bySerde: string, plain: string | undefined]> {
  const stored = await dumpChannel(serde, value, "It");
  const plain = plainValue(stored);
  const loaded = await loadChannel(serde, stored);
  return [JSON.stringify(toPlain(loaded, "It")), plain && JSON.stringify(plain.json ?? null)];
}

const call = {
  name: "get_weather",
  args: { city: "Paris", deep: [{ a: null }] },
  id: "call_1",
  type: "tool_call" as const,
};
/** Not in the types of all messages. */
const usage: object = { usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } };
const tool_call_chunks = [
  { name: "get_weather", args: '{"city":"Paris"}', id: "call_1", index: 0, type: "tool_call_chunk" as const },
  { name: "other", args: "", id: "call_2", index: 1, type: "tool_call_chunk" as const },
];
const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };

test.each<[what: string, value: unknown]>([
  ["texts and numbers", { a: [1, -0, 1e21, 0.1, "ä\u2028", null, true], 2: "two", 1: "one", nothing: undefined }],
  ["a date", { at: new Date(0) }],
  ["bytes", new Uint8Array([1, 2, 255])],
  ["a person", [new HumanMessage("hi"), new HumanMessage({ content: "hi", id: "m1", name: "Ada" })]],
  ["content in blocks", [new HumanMessage({ content: [{ type: "text", text: "look" }, image] })]],
  ["a system", [new SystemMessage({ content: "Be kind.", additional_kwargs: { deep: { er: [1] } } })]],
  ["a model", [new AIMessage("hello"), new AIMessage({ content: "", id: "a", tool_calls: [call], ...usage })]],
  [
    "a model with fields of its provider",
    [
      new AIMessage({
        content: "x",
        response_metadata: { model_name: "m", usage: { a: 1 } },
        invalid_tool_calls: [{ name: "a", args: "{", error: "bad" }],
      }),
    ],
  ],
  [
    "raw tool calls",
    [
      new AIMessage({
        content: "",
        additional_kwargs: {
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
        },
      }),
    ],
  ],
  ["a tool", [new ToolMessage({ content: "sunny", tool_call_id: "call_1", status: "error", artifact: { rows: [1] } })]],
  ["a tool with a Map", [new ToolMessage({ content: "", tool_call_id: "c", artifact: new Map([["a", 1]]) })]],
  ["a streamed answer", [new AIMessageChunk("hel").concat(new AIMessageChunk({ content: "lo", id: "a" }))]],
  ["a streamed tool call", [new AIMessageChunk({ content: "", tool_call_chunks, ...usage })]],
  [
    "a streamed tool call in pieces",
    [
      new AIMessageChunk({
        content: "",
        tool_call_chunks: [{ name: "f", args: '{"a":', id: "c", index: 0, type: "tool_call_chunk" }],
      }).concat(
        new AIMessageChunk({ content: "", tool_call_chunks: [{ args: "1}", index: 0, type: "tool_call_chunk" }] }),
      ),
    ],
  ],
  ["messages among other values", { chat: { with: new HumanMessage("a") }, by: { m1: [new AIMessage("b")] } }],
  ["what looks like an instance", { in: { lc: 2, type: "undefined" }, "lc:escaped": 1 }],
  ["an instance beside one", [new HumanMessage("hi"), { lc: 1, type: "constructor" }]],
])("%s needs no serde", async (_what, value) => {
  const [bySerde, plain] = await bothWays(value);

  expect(plain).toBe(bySerde);
});

const edited = new AIMessageChunk({ content: "", tool_call_chunks });
edited.tool_calls = [{ ...call, args: { city: "Rome" } }];

test.each<[what: string, value: unknown]>([
  ["a Map", { in: new Map([["a", 1]]) }],
  ["a Set", new Set([1])],
  ["an error", [new Error("far")]],
  ["a message in a message", [new HumanMessage({ content: "", additional_kwargs: { other: new HumanMessage("a") } })]],
  ["a message with what looks like one", [new HumanMessage({ content: "", additional_kwargs: { a: { lc: 1 } } })]],
  ["a message with a field that nobody knows", [new HumanMessage({ content: "", isNew: true } as never)]],
  ["a message of LangChain's version 1", [new AIMessage({ contentBlocks: [{ type: "text", text: "a" }] })]],
  ["tool calls that were changed after they were streamed", [edited]],
  ["an own __proto__", JSON.parse('{"__proto__": {"a": 1}}')],
])("%s is left to the serde", async (_what, value) => {
  const [, plain] = await bothWays(value);

  expect(plain).toBeUndefined();
});
