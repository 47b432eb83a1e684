/** The thread-centric protocol over a graph of Python: as the official server tells it, where that differs from LangGraph.js. */
import { randomUUID } from "node:crypto";
import { inject } from "vitest";

interface Told {
  method: string;
  params: { namespace: string[]; node?: string; data: Record<string, unknown> };
}

async function post(path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(inject("pythonUrl") + path, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return response;
}

/** Until the end of the run. */
async function toldOf(thread: string, channels: string[]): Promise<Told[]> {
  const { body } = await post(`/threads/${thread}/stream/events`, { channels: ["lifecycle", ...channels] });
  const told: Told[] = [];
  let text = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const frames = (text + chunk).split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data === undefined) continue;
      const event = JSON.parse(data) as Told;
      told.push(event);
      if (event.method === "lifecycle" && event.params.namespace.length === 0 && isEnd(event)) return told;
    }
  }
  return told;
}

const isEnd = ({ params }: Told): boolean => params.data["event"] !== "running";

/** A run that a command has started, on a thread of its own. */
async function started(assistant_id: string, input: object): Promise<{ thread: string; run_id: string }> {
  const thread = randomUUID();
  const command = { id: 1, method: "run.start", params: { assistant_id, input } };
  const { result } = (await (await post(`/threads/${thread}/commands`, command)).json()) as {
    result: { run_id: string };
  };
  return { thread, run_id: result.run_id };
}

const HI = { messages: [{ role: "user", content: "hi" }] };
/** What a message's events say, one word each. */
const inShort = ({ params: { data } }: Told): string => {
  const { event, index, delta, content } = data as Record<string, Record<string, unknown> | string | undefined>;
  const said = typeof delta === "object" ? (delta["text"] ?? delta["reasoning"]) : undefined;
  const block = typeof content === "object" ? content["type"] : undefined;
  return [event, index, said ?? block].filter((part) => typeof part === "string" || typeof part === "number").join(" ");
};

test("a model speaks and a tool works in the graph, which has no children; tools tell their start and end", async () => {
  const thread = randomUUID();
  const input = { messages: [{ role: "user", content: "weather in sf?" }] };
  await post(`/threads/${thread}/commands`, {
    id: 1,
    method: "run.start",
    params: { assistant_id: "tool_agent", input },
  });

  const told = await toldOf(thread, ["messages", "tools"]);

  expect(told.filter(({ params }) => params.namespace.length > 0)).toEqual([]);
  expect(told.filter(({ method }) => method === "tools").map(({ params }) => params.data)).toMatchObject([
    { event: "tool-started", tool_call_id: "call_weather_1", tool_name: "get_weather", input: { city: "sf" } },
    { event: "tool-finished", tool_call_id: "call_weather_1", output: { content: "It's always sunny in sf!" } },
  ]);
  const starts = told.filter(({ params }) => params.data["event"] === "message-start");
  expect(starts.map(({ params }) => params.data["role"])).toEqual(["ai", "ai"]);
});

test("models stream content blocks: reasoning beside text, as the model says them, and whole when it has said them", async () => {
  const { thread } = await started("talk", HI);

  const told = await toldOf(thread, ["messages", "values", "custom"]);

  const messages = told.filter(({ method }) => method === "messages");
  const thought = messages.filter(({ params }) => params.node === "think");
  expect(thought.map(inShort)).toEqual([
    "message-start",
    "content-block-start 0 reasoning",
    "content-block-delta 0 Let me ",
    "content-block-delta 0 think.",
    "content-block-start 1 text",
    "content-block-delta 1 Well, ",
    "content-block-delta 1 yes.",
    "content-block-finish 0 reasoning",
    "content-block-finish 1 text",
    "message-finish",
  ]);
  expect(thought.at(-1)?.params.data).toMatchObject({
    usage: { total_tokens: 3 },
    metadata: { finish_reason: "stop" },
    responseMetadata: { finish_reason: "stop" },
  });
  expect(new Set(thought.map(({ params }) => params.data["run_id"])).size).toBe(1);
  // One that cannot stream, one that its node streams itself; what the last node makes is in the state alone.
  const whole = messages.filter(({ params }) => params.data["event"] === "content-block-finish").slice(2);
  expect(whole.map(({ params }) => [params.node, params.data["content"]])).toEqual([
    ["whole", { type: "text", text: "One piece." }],
    ["own_stream", { type: "text", text: "streamed" }],
  ]);
  expect(told.filter(({ method }) => method === "custom").map(({ params }) => params.data)).toEqual([
    { payload: { stage: "thinking" } },
    { name: "status", payload: 1 },
  ]);
});

test("a graph's stream transformers change and drop events, and tell things in channels of their own", async () => {
  const { thread, run_id } = await started("counted", HI);

  const told = await toldOf(thread, ["messages", "custom:deltas", "custom:status"]);

  const deltas = told.filter(({ params }) => params.data["event"] === "content-block-delta").map(inShort);
  expect(deltas.at(-1)).toBe("content-block-delta 1 [redacted]");
  expect(told.filter(({ method }) => method === "custom").map(({ params }) => params.data)).toEqual([
    { name: "status", payload: 1 },
    ...[1, 2, 3, 4].map((count) => ({ name: "deltas", payload: { count } })),
  ]);
  expect((await toldOf(thread, ["custom"])).filter(({ method }) => method === "custom")).toHaveLength(5);
  const joined = await fetch(`${inject("pythonUrl")}/threads/${thread}/runs/${run_id}/stream?stream_mode=custom`, {
    headers: { "last-event-id": "-1" },
  });
  expect(await joined.text()).not.toContain("thinking");
});

test("a graph whose module has stream transformers asks, and goes on with the answer", async () => {
  const { thread } = await started("asks_with_progress", { text: "old" });

  const asked = await toldOf(thread, ["values", "input", "custom:progress"]);
  const interrupt_id = asked.find(({ method }) => method === "input.requested")?.params.data["interrupt_id"];
  const answer = { id: 2, method: "input.respond", params: { interrupt_id, response: "new" } };
  await post(`/threads/${thread}/commands`, answer);
  const answered = await toldOf(thread, ["values", "input", "custom:progress"]);

  expect(asked.at(-1)?.params.data["event"]).toBe("interrupted");
  const shown = (told: Told[]) => told.findLast(({ method }) => method === "values")?.params.data;
  expect(shown(asked)).toEqual({ text: "old" });
  expect(shown(answered)).toEqual({ text: "new" });
  expect(answered.find(({ method }) => method === "custom")?.params.data).toEqual({
    name: "progress",
    payload: ["ask"],
  });
});

test("an answer that waits for nobody, given strictly, is refused with what waits", async () => {
  const { thread } = await started("hitl", { some_text: "a" });
  const asked = await toldOf(thread, ["input"]);
  const pending = asked.find(({ method }) => method === "input.requested")?.params.data["interrupt_id"];
  const never = "0".repeat(32);
  const body = { assistant_id: "hitl", command: { resume: { [never]: "yes" } }, strict_resume: true };
  await post(`/threads/${thread}/runs/wait`, body);

  const told = await toldOf(thread, []);

  expect(told.at(-1)?.params.data).toMatchObject({
    event: "failed",
    reason: "not_pending",
    interrupt_ids: [never],
    pending_ids: [pending],
  });
});

test("two subagents at once are named, with the tool calls that asked for them, and end on their own", async () => {
  const { thread } = await started("subagents", HI);

  const told = await toldOf(thread, ["messages", "tools"]);

  const children = told.filter(({ method, params }) => method === "lifecycle" && params.namespace.length > 0);
  const starts = children.filter(({ params }) => params.data["event"] === "started");
  expect(starts.map(({ params }) => params.data).toSorted(byName)).toEqual([
    { event: "started", graph_name: "critic", cause: { type: "toolCall", tool_call_id: "task-2" } },
    { event: "started", graph_name: "researcher", cause: { type: "toolCall", tool_call_id: "task-1" } },
  ]);
  for (const { params } of starts) {
    const own = told.filter((event) => event.params.namespace[0] === params.namespace[0]);
    const name = String(params.data["graph_name"]);
    expect(own.at(0)?.params.data["event"]).toBe("started");
    expect(own.at(-1)?.params.data).toEqual({ event: "completed", graph_name: name });
    const texts = own.map(inShort).filter((one) => one.startsWith("content-block-delta"));
    expect(texts.slice(1)).toEqual([`content-block-delta 0 ${name} `, "content-block-delta 0 says 3."]);
    expect(own.filter(({ method }) => method === "tools").map(inShort)).toEqual(["tool-started", "tool-finished"]);
  }
});

const byName = (one: Record<string, unknown>, other: Record<string, unknown>): number =>
  String(one["graph_name"]).localeCompare(String(other["graph_name"]));
