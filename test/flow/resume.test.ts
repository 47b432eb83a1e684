/** Leave, come back, miss nothing: from every cursor, while running and after, through cuts and restarts. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { Client as Client111 } from "langgraph-sdk-1.11";
import { startCutProxy } from "../support/cut-proxy.ts";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { startServer } from "../support/server.ts";
import { type Frame, framesOf, json, post, readFrames } from "../support/sse.ts";

const config = "test/fixtures/golden/langgraph.json";
const human = { messages: [{ role: "user", content: "what is the weather in sf", id: "msg-human-1" }] };
const INPUTS = {
  agent: { topic: "ice cream" },
  parent: { foo: "foo" },
  joke_llm: { topic: "ice cream" },
  custom_data: { query: "example" },
  hitl: { some_text: "Original text" },
  slow: { n: 5, delay_ms: 5 },
  boom: { foo: "foo" },
  tool_agent: human,
  tokens: { n: 30, delay_ms: 1 },
};
const stream_mode = ["values", "updates", "messages-tuple", "custom", "tasks"];

let server: SharedServer;
beforeAll(async () => {
  server = await goldenServer();
});
afterAll(() => server.stop());

const pathOf = (response: Response): string => response.headers.get("content-location") ?? "";

async function aThread(url = server.url): Promise<string> {
  return String((await json(post(`${url}/threads`, {})))["thread_id"]);
}

async function finished(graph: keyof typeof INPUTS): Promise<{ frames: Frame[]; path: string }> {
  const body = { assistant_id: graph, input: INPUTS[graph], stream_mode, stream_subgraphs: true };
  const response = await post(`${server.url}/threads/${await aThread()}/runs/stream`, body);
  return { frames: await readFrames(response), path: pathOf(response) };
}

/** Lets the nodes go that wait at it. */
const openGate = async (gate: string, url = server.url): Promise<unknown> =>
  (await post(`${url}/runs/wait`, { assistant_id: "open_gate", input: { gate } })).text();

const rejoin = (path: string, cursor?: string, url = server.url): Promise<Response> =>
  fetch(`${url}${path}/stream`, { headers: cursor === undefined ? {} : { "last-event-id": cursor } });

describe("a finished run", () => {
  it.each(Object.keys(INPUTS) as (keyof typeof INPUTS)[])("%s: every cursor gets exactly the rest", async (graph) => {
    const { frames, path } = await finished(graph);
    const ids = frames.map(({ id }) => id);

    const rests = await Promise.all(ids.map(async (id) => readFrames(await rejoin(path, id))));

    expect(new Set(ids).size).toBe(frames.length);
    expect(ids).not.toContain(undefined);
    for (const [n, rest] of rests.entries()) expect(rest).toEqual(frames.slice(n + 1));
    expect(await readFrames(await rejoin(path, "-1"))).toEqual(frames);
  });

  it("is empty at once for a cursor that is malformed, foreign or too large, and without one", async () => {
    const { path } = await finished("agent");

    const answers = await Promise.all(
      [undefined, "abc", "9999-1", "1724250000000-0", "1-999"].map((cursor) => rejoin(path, cursor)),
    );

    const bodies = await Promise.all(answers.map((answer) => readFrames(answer)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(bodies.slice(0, 4)).toEqual([[], [], [], []]);
  });

  it("with a cursor of an earlier run of its thread gives the whole run", async () => {
    const thread_id = await aThread();
    const body = { assistant_id: "agent", input: INPUTS.agent, stream_mode };
    const first = await readFrames(await post(`${server.url}/threads/${thread_id}/runs/stream`, body));
    const response = await post(`${server.url}/threads/${thread_id}/runs/stream`, body);
    const second = await readFrames(response);

    const joined = await readFrames(await rejoin(pathOf(response), first[1]?.id));

    expect(joined).toEqual(second);
  });

  it("of another thread or unknown is 404", async () => {
    const { path } = await finished("agent");
    const run_id = path.split("/").at(-1);

    const foreign = await rejoin(`/threads/${await aThread()}/runs/${run_id}`, "-1");
    const unknown = await rejoin(`${path.slice(0, -4)}0000`, "-1");

    expect([foreign.status, unknown.status]).toEqual([404, 404]);
  });

  it("narrows by stream_mode and loses neither metadata nor error", async () => {
    const { frames, path } = await finished("boom");

    const filtered = await fetch(`${server.url}${path}/stream?stream_mode=updates&stream_mode=custom`, {
      headers: { "last-event-id": "-1" },
    });

    const wanted = new Set(["metadata", "updates", "error"]);
    expect(await readFrames(filtered)).toEqual(frames.filter(({ event }) => wanted.has(event)));
  });
});

describe("a running run", () => {
  const body = { assistant_id: "slow", input: { n: 40, delay_ms: 30 }, stream_mode: ["custom", "updates"] };

  it("twenty readers from all over, some slow: each gets the same bytes, and a joiner without cursor the rest", async () => {
    const gate = crypto.randomUUID();
    const gated = { ...body, input: { ...body.input, gate } };
    const response = await post(`${server.url}/threads/${await aThread()}/runs/stream`, gated);
    const path = pathOf(response);
    const whole = readFrames(response);

    // The run does not end before the joiner is there.
    const live = readFrames(await rejoin(path));
    await openGate(gate);
    const readers = Array.from({ length: 20 }, async (_, n) => {
      const answer = await rejoin(path, n % 2 ? "-1" : "1-1");
      if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 300));
      return readFrames(answer);
    });

    const frames = await whole;
    expect(frames).toHaveLength(42);
    for (const [n, seen] of (await Promise.all(readers)).entries()) expect(seen).toEqual(frames.slice(n % 2 ? 0 : 1));
    const rest = await live;
    expect(rest.length).toBeGreaterThan(0);
    expect(rest).toEqual(frames.slice(frames.length - rest.length));
  });

  it("goes on after the reader has left, and the reader after it has come back", async () => {
    const response = await post(`${server.url}/threads/${await aThread()}/runs/stream`, body);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    const path = pathOf(response);

    const frames = await readFrames(await rejoin(path, "-1"));

    expect(first?.done).toBe(false);
    expect(frames.map(({ event }) => event)).toEqual(["metadata", ...Array(40).fill("custom"), "updates"]);
  });

  it.each([
    ["newest", Client],
    // The same methods, in the types of another package.
    ["1.11", Client111 as unknown as typeof Client],
  ])("cut in the middle of events: the stock JS SDK (%s) delivers each once", async (_name, Sdk) => {
    const proxy = await startCutProxy(server.url, (n) => (n < 3 ? 700 + n * 333 : undefined));
    const client = new Sdk({ apiUrl: proxy.url, apiKey: null });
    const { thread_id } = await client.threads.create();
    const seen: unknown[] = [];

    const payload = { input: { n: 40, delay_ms: 30 }, streamMode: "custom" as const };
    for await (const { event, data } of client.runs.stream(thread_id, "slow", payload)) {
      if (event === "custom") seen.push((data as { i: number }).i);
    }

    expect(proxy.cuts()).toBe(3);
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i));
    await proxy.stop();
  });
});

describe("a restart of the server", () => {
  let data: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "threadline-data-"));
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  it("keeps finished streams, states and runs; a run that was under way goes on", async () => {
    const before = await startServer({ config, data });
    const done = await post(`${before.url}/threads/${await aThread(before.url)}/runs/stream`, {
      assistant_id: "agent",
      input: INPUTS.agent,
      stream_mode,
    });
    const frames = await readFrames(done);
    const gate = crypto.randomUUID();
    const slow = { assistant_id: "slow", input: { n: 60, delay_ms: 5, gate }, stream_mode: ["custom", "updates"] };
    const running = await post(`${before.url}/threads/${await aThread(before.url)}/runs/stream`, slow);
    const seen = await readSome(running, 10);

    await before.kill();
    const after = await startServer({ config, data });

    await openGate(gate, after.url);
    expect(await readFrames(await rejoin(pathOf(done), "-1", after.url))).toEqual(frames);
    const rest = await readFrames(await rejoin(pathOf(running), seen.at(-1)?.id, after.url));
    const events = [...seen, ...rest];
    const attempts = events.filter(({ event }) => event === "metadata").map((frame) => JSON.parse(frame.data).attempt);
    expect(attempts).toEqual([1, 2]);
    const restarted = events.findLastIndex(({ event }) => event === "metadata");
    expect(events.slice(restarted + 1).map(({ event }) => event)).toEqual([...Array(60).fill("custom"), "updates"]);
    const run = await json(fetch(`${after.url}${pathOf(running)}`));
    expect(run["status"]).toBe("success");
    await after.stop();
  });
});

/** The first frames of a stream that is then left. */
async function readSome(response: Response, count: number): Promise<Frame[]> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = response.body?.getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) throw new Error("the stream ended early");
    text += decoder.decode(chunk.value, { stream: true });
    const complete = text.slice(0, text.lastIndexOf("\n\n") + 2);
    const frames = framesOf(complete);
    if (frames.length >= count) {
      await reader?.cancel();
      return frames;
    }
  }
}
