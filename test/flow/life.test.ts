/** Double texting, cancels, delays, keys, webhooks and disconnects, as a client meets them. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@langchain/langgraph-sdk";
import { behindUrl, startServer, type TestServer } from "../support/server.ts";
import { json, post, readFrames } from "../support/sse.ts";

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer({ config: "test/fixtures/golden/langgraph.json" });
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

/** Does not end by itself while a test runs. */
const long = { n: 100_000, delay_ms: 20 };
const agent = { topic: "ice cream" };
const statusOf = async (thread_id: string, run_id: string): Promise<string> =>
  (await client.runs.get(thread_id, run_id)).status;
const running = (thread_id: string, run_id: string) => expect.poll(() => statusOf(thread_id, run_id)).toBe("running");

describe("double texting", () => {
  it("interrupt: the old run is interrupted and keeps its checkpoints, the new one runs", async () => {
    const { thread_id } = await client.threads.create();
    const old = await client.runs.create(thread_id, "slow", { input: long });
    await running(thread_id, old.run_id);

    const values = await client.runs.wait(thread_id, "agent", { input: agent, multitaskStrategy: "interrupt" });

    expect(values).toMatchObject({ topic: "ice cream and cats" });
    expect(await statusOf(thread_id, old.run_id)).toBe("interrupted");
    const history = await client.threads.getHistory(thread_id, { limit: 100 });
    expect(history.some(({ metadata }) => metadata?.["run_id"] === old.run_id)).toBe(true);
  });

  it("rollback: the old run and its checkpoints are gone, its reader ends", async () => {
    const { thread_id } = await client.threads.create();
    await client.runs.wait(thread_id, "agent", { input: { topic: "first" } });
    const stream = await post(`${server.url}/threads/${thread_id}/runs/stream`, { assistant_id: "slow", input: long });
    const old = stream.headers.get("content-location")?.split("/").at(-1) ?? "";
    await running(thread_id, old);

    await client.runs.wait(thread_id, "agent", { input: agent, multitaskStrategy: "rollback" });

    await stream.text();
    await expect(client.runs.get(thread_id, old)).rejects.toThrow("404");
    const history = await client.threads.getHistory(thread_id, { limit: 100 });
    expect(history.some(({ metadata }) => metadata?.["run_id"] === old)).toBe(false);
    expect(history).toHaveLength(8);
  });
});

describe("cancel", () => {
  it("rollback of a running run: 404 afterwards, its checkpoints gone, the thread idle", async () => {
    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, "slow", { input: long });
    await running(thread_id, run.run_id);

    await client.runs.cancel(thread_id, run.run_id, true, "rollback");

    await expect(client.runs.get(thread_id, run.run_id)).rejects.toThrow("404");
    expect(await client.threads.get(thread_id)).toMatchObject({ status: "idle", values: null });
    expect(await client.threads.getHistory(thread_id)).toEqual([]);
  });

  it("several: the named ones, those that wait too", async () => {
    const { thread_id } = await client.threads.create();
    const runs = [];
    for (let n = 0; n < 3; n++) runs.push(await client.runs.create(thread_id, "slow", { input: long }));
    const run_ids = runs.map(({ run_id }) => run_id);

    const answer = await post(`${server.url}/runs/cancel`, { thread_id, run_ids });
    const unknown = await post(`${server.url}/runs/cancel`, { thread_id, run_ids: [crypto.randomUUID()] });
    const both = await post(`${server.url}/runs/cancel`, { thread_id, run_ids, status: "all" });

    expect([answer.status, unknown.status, both.status]).toEqual([204, 404, 422]);
    for (const run_id of run_ids) await expect.poll(() => statusOf(thread_id, run_id)).toBe("interrupted");
  });

  it("several, of which some are unknown or over: the others, and 204", async () => {
    const { thread_id } = await client.threads.create();
    const over = await client.runs.create(thread_id, "agent", { input: agent });
    await client.runs.join(thread_id, over.run_id);
    const delayed = await client.runs.create(thread_id, "agent", { input: agent, afterSeconds: 600 });

    const run_ids = [crypto.randomUUID(), over.run_id, delayed.run_id];
    const answer = await post(`${server.url}/runs/cancel`, { thread_id, run_ids });

    expect(answer.status).toBe(204);
    expect(await statusOf(thread_id, over.run_id)).toBe("success");
    expect(await statusOf(thread_id, delayed.run_id)).toBe("interrupted");
  });

  it("of a run that is to begin later: interrupted, the thread is idle", async () => {
    const { thread_id } = await client.threads.create();
    const { run_id } = await client.runs.create(thread_id, "agent", { input: agent, afterSeconds: 600 });

    // Python sends a body of `null`.
    const answer = await post(`${server.url}/threads/${thread_id}/runs/${run_id}/cancel?wait=0`, "null");

    expect([answer.status, await answer.text()]).toEqual([202, ""]);
    expect(await statusOf(thread_id, run_id)).toBe("interrupted");
    expect(await client.threads.get(thread_id)).toMatchObject({ status: "idle", values: null });
    expect(await client.runs.join(thread_id, run_id)).toEqual({});
  });

  it("several: all that wait", async () => {
    const { thread_id } = await client.threads.create();
    const active = await client.runs.create(thread_id, "slow", { input: long });
    const waiting = await client.runs.create(thread_id, "slow", { input: long });
    await running(thread_id, active.run_id);

    const answer = await post(`${server.url}/runs/cancel?action=rollback`, { status: "pending" });

    expect(answer.status).toBe(204);
    await expect(client.runs.get(thread_id, waiting.run_id)).rejects.toThrow("404");
    expect(await statusOf(thread_id, active.run_id)).toBe("running");
    await client.runs.cancel(thread_id, active.run_id, true);
  });

  it("races the end: one terminal state, agreed by run and thread, never a 5xx", async () => {
    const races = Array.from({ length: 8 }, async (_, n) => {
      const { thread_id } = await client.threads.create();
      const run = await client.runs.create(thread_id, "slow", { input: { n: 10, delay_ms: 10 } });
      await new Promise((resolve) => setTimeout(resolve, n * 25));

      const path = `${server.url}/threads/${thread_id}/runs/${run.run_id}`;
      const answers = await Promise.all([1, 2].map(() => post(`${path}/cancel?wait=1`, "")));
      const bodies = await Promise.all(answers.map((answer) => json(answer)));

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(bodies).toEqual([{}, {}]);
      const [status, thread] = [await statusOf(thread_id, run.run_id), await client.threads.get(thread_id)];
      expect(status === "success" || status === "interrupted").toBe(true);
      expect(thread.status).not.toBe("busy");
    });
    await Promise.all(races);
  });
});

describe("after_seconds", () => {
  it("starts later, and blocks nothing meanwhile", async () => {
    const { thread_id } = await client.threads.create();
    const delayed = await client.runs.create(thread_id, "agent", { input: { topic: "late" }, afterSeconds: 2 });

    expect(delayed.status).toBe("pending");
    expect(await client.runs.wait(thread_id, "agent", { input: agent })).toMatchObject({ topic: "ice cream and cats" });
    expect(await client.runs.join(thread_id, delayed.run_id)).toMatchObject({ topic: "late and cats" });
    expect(await statusOf(thread_id, delayed.run_id)).toBe("success");
  });
});

describe("Idempotency-Key", () => {
  it("gives the same run and its stream again; another body with it is 409", async () => {
    const { thread_id } = await client.threads.create();
    const url = `${server.url}/threads/${thread_id}/runs/stream`;
    const body = { assistant_id: "agent", input: agent, stream_mode: "updates" };
    const headers = { "idempotency-key": crypto.randomUUID() };

    const first = await post(url, body, headers);
    const frames = await readFrames(first);
    const again = await post(url, body, headers);
    const other = await post(url, { ...body, input: {} }, headers);

    expect(again.headers.get("content-location")).toBe(first.headers.get("content-location"));
    expect(await readFrames(again)).toEqual(frames);
    expect(other.status).toBe(409);
    expect(await client.runs.list(thread_id)).toHaveLength(1);
  });

  it("also on stateless runs and waits", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const body = { assistant_id: "agent", input: agent };

    const [one, two] = [
      await post(`${server.url}/runs/wait`, body, headers),
      await post(`${server.url}/runs/wait`, body, headers),
    ];

    expect(two.headers.get("content-location")).toBe(one.headers.get("content-location"));
    expect(await json(two)).toEqual(await json(one));
  });
});

describe("on_disconnect", () => {
  // A Function URL does not tell that a client has gone.
  it.skipIf(behindUrl)("cancel: the run is interrupted once its reader has been away for a while", async () => {
    const { thread_id } = await client.threads.create();
    const leave = new AbortController();
    const response = await fetch(`${server.url}/threads/${thread_id}/runs/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ assistant_id: "slow", input: long, on_disconnect: "cancel" }),
      signal: leave.signal,
    });
    const run_id = response.headers.get("content-location")?.split("/").at(-1) ?? "";

    leave.abort();

    await expect.poll(() => statusOf(thread_id, run_id), { interval: 500 }).toBe("interrupted");
  });

  const gate = crypto.randomUUID();
  const gated = { n: 5, delay_ms: 5, gate };
  /** A run at work whose only reader may stop reading. */
  const beginWatched = async (thread_id: string, input = long) => {
    const stop = new AbortController();
    const begun = Promise.withResolvers<string>();
    const stream = client.runs.stream(thread_id, "slow", {
      input,
      onDisconnect: "cancel",
      streamMode: ["custom", "messages-tuple"],
      signal: stop.signal,
      onRunCreated: ({ run_id }) => begun.resolve(run_id),
    });
    const read = (async () => {
      for await (const _ of stream);
    })().catch(() => undefined);
    const run_id = await begun.promise;
    await running(thread_id, run_id);
    return { run_id, stop: () => stop.abort(), read };
  };

  it
    .skipIf(behindUrl)
    .each(["the stream is dropped", "the stream is dropped and the run cancelled, as useStream does"])(
    "R4: stop and send again, %s: what was stopped does not finish, the next run is served",
    async (how) => {
      const { thread_id } = await client.threads.create();
      const first = await beginWatched(thread_id);

      first.stop();
      if (how.includes("cancelled")) void client.runs.cancel(thread_id, first.run_id);
      const values = await client.runs.wait(thread_id, "agent", { input: agent });

      expect(values).toMatchObject({ topic: "ice cream and cats" });
      expect(await statusOf(thread_id, first.run_id)).toBe("interrupted");
      await first.read;
    },
  );

  it.skipIf(behindUrl)("R4: stop and send again while another reader looks on: the next run waits", async () => {
    const { thread_id } = await client.threads.create();
    const first = await beginWatched(thread_id, gated);
    const other = await fetch(`${server.url}/threads/${thread_id}/runs/${first.run_id}/stream`, {
      headers: { "last-event-id": "-1" },
    });

    first.stop();
    await first.read;
    const next = await client.runs.create(thread_id, "agent", { input: agent });
    await client.runs.wait(null, "open_gate", { input: { gate } });
    await client.runs.join(thread_id, next.run_id);

    expect(await statusOf(thread_id, first.run_id)).toBe("success");
    expect(await other.text()).toContain(`"i":${gated.n - 1},`);
  });
});

describe("a webhook", () => {
  it("is told the Run with its values", async () => {
    const bodies: Record<string, unknown>[] = [];
    const endpoint = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        bodies.push(JSON.parse(text) as Record<string, unknown>);
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(endpoint, "listening");
    const webhook = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook`;

    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, "agent", { input: agent, webhook });

    await expect.poll(() => bodies).toHaveLength(1);
    expect(bodies[0]).toMatchObject({ run_id: run.run_id, status: "success", values: { topic: "ice cream and cats" } });
    endpoint.close();
  });
});
