/** The wire: headers, keep-alives, failing graphs, large and slow bodies. */
import { get } from "node:http";
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { post, readFrames } from "../support/sse.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const withoutComments = (text: string) => text.replaceAll(": heartbeat\n", "");
const stream = (body: object) => post(`${server.url}/runs/stream`, body);

/** The whole text; `act` begins once `sight` has come. */
async function readAndAct(response: Response, sight: string, act: () => Promise<unknown>): Promise<string> {
  let text = "";
  let done: Promise<unknown> | undefined;
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes(sight)) done ??= act();
  }
  await done;
  return text;
}

describe("the edge", () => {
  it("names the run and the way back in the headers", async () => {
    const { thread_id } = await client.threads.create();

    const response = await post(`${server.url}/threads/${thread_id}/runs/stream`, { assistant_id: "agent", input: {} });
    await response.text();

    const path = response.headers.get("content-location") ?? "";
    expect(path).toMatch(new RegExp(`^/threads/${thread_id}/runs/[0-9a-f-]{36}$`));
    expect(response.headers.get("location")).toMatch(new RegExp(`^${path}/stream\\?.*after=`));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("sends a keep-alive comment with one newline every 5 s, whether or not events flow, also while the run waits", async () => {
    const { thread_id } = await client.threads.create();
    // Where each open stream is a process of its own, its start must not count among the seconds.
    await Promise.all([1, 2].map(async () => (await stream({ assistant_id: "agent", input: {} })).text()));
    const body = { assistant_id: "slow", input: { n: 1_000, delay_ms: 200 }, stream_mode: "custom" };
    const first = await post(`${server.url}/threads/${thread_id}/runs/stream`, body);
    const second = await post(`${server.url}/threads/${thread_id}/runs/stream`, { assistant_id: "agent", input: {} });
    const end = () => post(`${server.url}${first.headers.get("content-location")}/cancel`, {});
    const [busy, waiting] = await Promise.all([first.text(), readAndAct(second, ": heartbeat\n", end)]);

    // How many came depends on how long the cancel took; test/http/long-answers.test.ts counts them by a clock of its own.
    expect(busy).toContain(": heartbeat\n");
    expect(waiting.indexOf(": heartbeat\n")).toBeLessThan(waiting.indexOf("event: metadata"));
    expect(`${busy}${waiting}`).not.toContain(": heartbeat\n\n");
  });

  it("has run and thread final when the body closes", async () => {
    for (const graph of ["agent", "boom"]) {
      const { thread_id } = await client.threads.create();
      const response = await post(`${server.url}/threads/${thread_id}/runs/stream`, { assistant_id: graph, input: {} });
      await response.text();

      const [run, thread] = await Promise.all([client.runs.list(thread_id), client.threads.get(thread_id)]);

      expect(run[0]?.status).toBe(graph === "boom" ? "error" : "success");
      expect(thread.status).toBe(graph === "boom" ? "error" : "idle");
    }
  });

  it("shows a failing graph as one error event, the last", async () => {
    const frames = await readFrames(
      await stream({ assistant_id: "boom", input: { foo: "foo" }, stream_mode: "updates" }),
    );

    expect(frames.map(({ event }) => event)).toEqual(["metadata", "updates", "error"]);
    expect(JSON.parse(frames.at(-1)?.data ?? "")).toEqual({ error: "BoomError", message: "boom: something broke" });
  });

  it("ends a run whose value cannot be serialised with an error, and lives on", async () => {
    const frames = await readFrames(await stream({ assistant_id: "unserialisable", input: {} }));

    expect(frames.at(-1)?.event).toBe("error");
    expect(JSON.parse(frames.at(-1)?.data ?? "").message).toMatch(/BigInt/);
    expect((await fetch(`${server.url}/ok`)).status).toBe(200);
  });

  it("carries 20 MB of events to a client that reads slowly, byte for byte the same as to a fast one", async () => {
    const n = 200;
    const response = await stream({ assistant_id: "big", input: { n, bytes: 100_000 }, stream_mode: "custom" });
    const path = response.headers.get("content-location") ?? "";
    const fast = response.text();
    const slow = readSlowly(`${server.url}${path}/stream`);

    const whole = withoutComments(await fast);
    expect(whole.length).toBeGreaterThan(20_000_000);
    expect(withoutComments(await slow) === whole).toBe(true);
  });

  it("takes an input of 5 MB", async () => {
    const topic = "x".repeat(5_000_000);

    const result = await client.runs.wait(null, "agent", { input: { topic } });

    expect(result).toMatchObject({ topic: `${topic} and cats` });
  });
});

/** Reads a little, pauses, reads on: the server has to wait. */
function readSlowly(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "last-event-id": "-1" } }, (response) => {
      const chunks: Buffer[] = [];
      let pauses = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (pauses++ > 50) return;
        response.pause();
        setTimeout(() => response.resume(), 20);
      });
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
      response.on("error", reject);
    }).on("error", reject);
  });
}
