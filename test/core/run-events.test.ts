/** What the records of a run become in its thread's stream. */
import { SLOT_EVENTS, SLOT_RAW_BYTES } from "../../functions/core/log/timings.ts";
import { matcherOf } from "../../functions/core/stream/match-event.ts";
import type { RunRecord } from "../../functions/core/stream/run-record.ts";
import { seqOf, slotOf } from "../../functions/core/stream/sequence.ts";
import { fold, inShort, record, RUN } from "../support/fold-run.ts";

const begin = (attempt = 1): [string, unknown] => ["metadata", { run_id: RUN, attempt }];

const TASK = "0d9a";
const chunk = (content: unknown, more: object = {}) => [
  { type: "ai", id: "run-m1", content, tool_call_chunks: [], ...more },
  { langgraph_node: "agent", langgraph_checkpoint_ns: `agent:${TASK}` },
];

describe("root lifecycle", () => {
  it.each([
    ["success", "completed", undefined],
    ["error", "failed", "no"],
    ["interrupted", "interrupted", "The run was cancelled"],
    ["rolled_back", "interrupted", "The run was cancelled"],
  ] as const)("of a run that ends with %s", (end, event, error) => {
    const [running, last] = fold([record(7, [begin()]), record(8, [["error", { error: "E", message: "no" }]], end)]);

    expect(running).toEqual({
      type: "event",
      event_id: `synth:${RUN}:lc||running`,
      seq: seqOf(7, 1),
      method: "lifecycle",
      params: { namespace: [], timestamp: 7_000, data: { event: "running", graph_name: "graph" } },
    });
    expect(last?.event_id).toBe(`synth:${RUN}:lc||${event}`);
    expect(last?.params.data["error"]).toBe(error);
  });

  it("trap 25: another attempt is told as such, and what runs below begins anew", () => {
    const task: [string, unknown] = ["custom|agent:1", "said"];
    const events = fold([record(1, [begin(), task]), record(2, [begin(2), task]), record(3, [], "success")]);

    expect(inShort(events)).toEqual([
      "lifecycle running",
      "lifecycle agent:1 started",
      'custom agent:1 {"payload":"said"}',
      "lifecycle running",
      "lifecycle agent:1 started",
      'custom agent:1 {"payload":"said"}',
      "lifecycle agent:1 completed",
      "lifecycle completed",
    ]);
    expect(events[3]?.event_id).toBe(`synth:${RUN}:lc||running:2`);
  });

  it("a refused answer ends its run with what waits", () => {
    const refusal = { reason: "not_pending", interrupt_ids: ["a"], pending_ids: ["b"] };
    const refused: [string, unknown][] = [
      ["protocol/refused", refusal],
      ["error", { error: "E", message: "no" }],
    ];

    const last = fold([record(1, [begin()]), record(2, refused, "error")]).at(-1);

    expect(last?.params.data).toEqual({ event: "failed", graph_name: "graph", error: "no", ...refusal });
  });

  it("a run that waits is interrupted, whatever its modes show; one whose node catches a question is completed", () => {
    const waits = fold([record(1, [begin()]), record(2, [["protocol/paused", {}]], "success")], ["messages-tuple"]);
    const question = { __interrupt__: [{ id: "i1", value: "sure?" }] };
    const caught = fold([record(1, [begin(), ["updates|child:1", question]]), record(2, [], "success")]);

    expect(inShort(waits)).toEqual(["lifecycle running", "lifecycle interrupted"]);
    expect(inShort(caught).at(-1)).toBe("lifecycle completed");
  });
});

describe("state", () => {
  const checkpoint = (id: string) => ({
    values: {},
    metadata: { source: "loop", step: 1 },
    config: { configurable: { checkpoint_id: id } },
    parent_config: { configurable: { checkpoint_id: "before" } },
  });

  it("a checkpoint is told before its values, which are recorded before it", () => {
    const events = fold([record(1, [["values", { a: 1 }]]), record(2, [["checkpoints", checkpoint("c1")]])]);

    expect(inShort(events)).toEqual([
      'checkpoints {"id":"c1","parent_id":"before","step":1,"source":"loop"}',
      'values {"a":1}',
    ]);
  });

  it("values without a checkpoint are told with what comes next", () => {
    const events = fold([
      record(1, [
        ["values", { a: 1 }],
        ["tasks", { id: "t", name: "n" }],
      ]),
      record(2, [], "success"),
    ]);

    expect(events.map(({ method }) => method)).toEqual(["values", "tasks", "lifecycle"]);
  });

  it("trap 23: messages are reduced to what they say, and nothing else is taken for one", () => {
    const message = {
      type: "ai",
      content: ["a", { type: "image_url", image_url: { url: "u" } }, { type: "text", text: "b" }, { type: "odd" }],
      id: "m",
      additional_kwargs: { x: 1 },
      response_metadata: {},
      usage_metadata: { total_tokens: 1 },
      tool_calls: [{ id: "c", name: "n", args: '{"x":1}' }],
    };
    const own = { type: "tool", x: 1 };
    const [values] = fold([record(1, [["values", { messages: [message], own: [own], deep: { own } }]])], ["values"]);

    expect(values?.params.data).toEqual({
      messages: [
        {
          type: "ai",
          content: [
            { type: "text", text: "a" },
            { type: "image", url: "u" },
            { type: "text", text: "b" },
            { type: "non_standard", value: { type: "odd" } },
          ],
          id: "m",
          tool_calls: [{ id: "c", name: "n", args: { x: 1 }, type: "tool_call" }],
        },
      ],
      own: [own],
      deep: { own },
    });
  });

  it("an interrupt is asked once, by the graph that asks, and is no part of the values", () => {
    const asked = { __interrupt__: [{ id: "i1", value: "sure?" }] };
    const events = fold([
      record(1, [
        ["updates|child:1", asked],
        ["updates", asked],
        ["values|child:1", { a: 1, ...asked }],
        ["values", asked],
      ]),
    ]);

    expect(inShort(events)).toEqual([
      "lifecycle child:1 started",
      'input.requested child:1 {"interrupt_id":"i1","payload":"sure?","value":"sure?"}',
    ]);
  });
});

describe("messages of mode messages-tuple", () => {
  const said = (records: RunRecord[]) =>
    fold(records)
      .filter(({ method }) => method === "messages")
      .map(({ params }) => params.data);

  it("are blocks that grow, and whole when their task ends", () => {
    const events = said([
      record(1, [["messages", chunk("Hel")]]),
      record(2, [
        ["messages", chunk("lo", { usage_metadata: { total_tokens: 3 } })],
        ["tasks", { id: TASK, name: "agent", result: {}, interrupts: [], error: null }],
      ]),
    ]);

    expect(events).toEqual([
      { event: "message-start", id: "run-m1", role: "ai", run_id: "m1" },
      { event: "content-block-start", index: 0, content: { type: "text", text: "" }, run_id: "m1" },
      { event: "content-block-delta", index: 0, delta: { type: "text-delta", text: "Hel" }, run_id: "m1" },
      { event: "content-block-delta", index: 0, delta: { type: "text-delta", text: "lo" }, run_id: "m1" },
      { event: "content-block-finish", index: 0, content: { type: "text", text: "Hello" }, run_id: "m1" },
      { event: "message-finish", usage: { total_tokens: 3 }, run_id: "m1" },
    ]);
  });

  it("a tool call comes in pieces and is whole at its end; one that cannot be read is said to be", () => {
    const piece = (index: number, args: string, more: object = {}) =>
      chunk("", { tool_call_chunks: [{ index, args, ...more }] });
    const events = said([
      record(1, [
        ["messages", piece(0, '{"a"', { id: "c1", name: "add" })],
        ["messages", piece(0, ":1}")],
        ["messages", piece(1, "{", { id: "c2", name: "cut" })],
      ]),
      record(2, [], "success"),
    ]);

    expect(events.filter(({ event }) => event === "content-block-finish").map(({ content }) => content)).toEqual([
      { type: "tool_call", id: "c1", name: "add", args: { a: 1 } },
      { type: "invalid_tool_call", id: "c2", name: "cut", args: "{", error: "Malformed args." },
    ]);
  });

  it("what is no model's is whole at once", () => {
    const tuple = [{ type: "tool", id: "t", content: "42", tool_call_id: "c1" }, { langgraph_node: "tools" }];

    expect(said([record(1, [["messages|tools:1", tuple]])]).map(({ event }) => event)).toEqual([
      "message-start",
      "content-block-start",
      "content-block-delta",
      "content-block-finish",
      "message-finish",
    ]);
  });
});

test("a task that has failed, and the graph that it ran", () => {
  const events = fold([
    record(1, [
      ["custom|node:t1", 1],
      ["tasks", { id: "t1", name: "node", result: {}, interrupts: [], error: { error: "TypeError", message: "no" } }],
    ]),
  ]);

  expect(events.at(-2)?.params.data["error"]).toEqual({ name: "TypeError", message: "no" });
  expect(events.at(-1)?.params.data).toEqual({ event: "failed", graph_name: "node" });
});

test.each<[string, Parameters<typeof matcherOf>[0], boolean]>([
  ["its channel", { channels: ["messages"] }, true],
  ["another channel", { channels: ["values", "unknown"] }, false],
  ["its own namespace", { channels: ["messages"], namespaces: [["agent:1"]], depth: 0 }, true],
  ["one level below the root", { channels: ["messages"], namespaces: [[]], depth: 1 }, true],
  ["the root alone", { channels: ["messages"], namespaces: [[]], depth: 0 }, false],
  ["a depth without a namespace", { channels: ["messages"], depth: 0 }, true],
  ["the node's name", { channels: ["messages"], namespaces: [["agent"]] }, true],
  ["another task of the node", { channels: ["messages"], namespaces: [["agent:2"]] }, false],
  ["what is below it", { channels: ["messages"], namespaces: [["agent:1", "deep:1"]] }, false],
  ["one of several", { channels: ["messages"], namespaces: [["other"], ["agent"]] }, true],
])("a filter for %s", (_, filter, expected) => {
  const event = { method: "messages" as const, namespace: ["agent:1"], data: () => "{}" };

  expect(matcherOf(filter)(event)).toBe(expected);
});

test.each([
  ["custom", true],
  ["custom:status", true],
  ["custom:other", false],
])("a named custom event is in channel %s: %s", (channel, expected) => {
  const event = { method: "custom" as const, namespace: [], name: "status", data: () => "{}" };

  expect(matcherOf({ channels: [channel] })(event)).toBe(expected);
});

test("a position names its slot, and every slot has room for its events", () => {
  for (const slot of [1, 2, 2 ** 20, 2 ** 30 - 1]) {
    expect(slotOf(seqOf(slot, 1))).toBe(slot);
    expect(slotOf(seqOf(slot, 8 * SLOT_RAW_BYTES - 1))).toBe(slot);
    expect(Number.isSafeInteger(seqOf(slot, SLOT_EVENTS))).toBe(true);
  }
});
