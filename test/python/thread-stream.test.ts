/** The thread-centric protocol over a graph of Python: as the official server tells it, where that differs from LangGraph.js. */
import { randomUUID } from "node:crypto";
import { inject } from "vitest";

interface Told {
  method: string;
  params: { namespace: string[]; data: Record<string, unknown> };
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
