/** The main way through a deployed API, with the stock SDK. MiniStack gives a stream in one piece: what it holds counts, not when. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "@langchain/langgraph-sdk";
import { PATIENCE } from "../support/patience.ts";
import { check } from "./report.ts";

export interface Deployment {
  /** Without a slash at the end. */
  url: string;
  key: string;
  /** ARN or name of the secret with the key. */
  secret: string;
  /** What has to be sent as `x-origin-secret`. */
  origin?: string;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
/** What CloudFront would add. */
const inFront = ({ origin }: Deployment): Record<string, string> =>
  origin === undefined ? {} : { "x-origin-secret": origin };
export const clientOf = (deployment: Deployment): Client =>
  new Client({ apiUrl: deployment.url, apiKey: deployment.key, defaultHeaders: inFront(deployment) });

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** @returns the value that is wanted, as soon as it is there */
export async function eventually<T>(ask: () => Promise<T>, wanted: (value: T) => boolean, ms = PATIENCE): Promise<T> {
  const until = performance.now() + ms;
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    if (performance.now() > until) throw new Error(`still ${JSON.stringify(value)} after ${ms / 1_000} s`);
    await pause(500);
  }
}

export async function runCases(deployment: Deployment, stored: Record<"stored" | "other", string>): Promise<void> {
  const client = clientOf(deployment);
  const { url, key, secret } = deployment;

  await check("open without a key: what is the same for all servers; nothing else", async () => {
    const headers = inFront(deployment);
    const statuses = await Promise.all(
      ["/", "/ok", "/info", "/docs", "/openapi.json", "/metrics", "/threads/x", "/assistants/search"].map(
        async (path) => (await fetch(url + path, { headers })).status,
      ),
    );
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 401, 401, 401]);
    assert.equal((await fetch(`${url}/threads/x`, { headers: { ...headers, "x-api-key": hash(key) } })).status, 401);
  });

  await check("closed to whoever does not come by what is in front, with a key, too", async () => {
    for (const headers of [{}, { "x-api-key": key }, { "x-api-key": key, "x-origin-secret": "guess" }])
      assert.equal((await fetch(`${url}/ok`, { headers })).status, 403);
  });

  await check("streams a run on a thread, and again from any place", async () => {
    const { thread_id } = await client.threads.create();
    const input = { topic: "ice cream" };
    const stream = client.runs.stream(thread_id, "agent", { input, streamMode: "updates" });
    const chunks = await collect(stream);
    assert.deepEqual(
      chunks.map(({ event }) => event),
      ["metadata", "updates", "updates"],
    );
    const [run] = await client.runs.list(thread_id);
    assert.equal(run?.status, "success");
    const rest = await collect(client.runs.joinStream(thread_id, run.run_id, { lastEventId: chunks[1]?.id ?? "" }));
    assert.deepEqual(rest, chunks.slice(2));
    const { values } = await client.threads.getState(thread_id);
    assert.match(JSON.stringify(values), /joke about ice cream and cats/);
    assert.ok((await client.threads.getHistory(thread_id)).length >= 3);
  });

  await check("finds threads by what they hold and whose they are, in the order that is asked for", async () => {
    const { thread_id } = await client.threads.create({ metadata: { found: "by this", owner: "somebody" } });
    const metadata = { found: "by this" };
    for (const query of [
      { metadata },
      { metadata, sortBy: "created_at" as const },
      { metadata: { owner: "somebody" } },
    ])
      await eventually(
        async () => (await client.threads.search(query)).map((thread) => thread.thread_id),
        (ids) => ids.includes(thread_id),
      );
  });

  await check("waits for a run, with and without a thread", async () => {
    const { thread_id } = await client.threads.create();
    const waits = [thread_id, null].map((thread) =>
      client.runs.wait(thread as string, "agent", { input: { topic: "tea" } }),
    );
    for (const values of await Promise.all(waits)) assert.match(JSON.stringify(values), /joke about tea and cats/);
  });

  await check("stops for a human, and goes on", async () => {
    const { thread_id } = await client.threads.create();
    await client.runs.wait(thread_id, "approval", { input: { request: "refund" } });
    assert.equal((await client.threads.get(thread_id)).status, "interrupted");
    const values = await client.runs.wait(thread_id, "approval", { command: { resume: "No." } });
    assert.match(JSON.stringify(values), /"sent":"No\."/);
  });

  await check("runs of one thread wait for each other; cancel ends the first, the next begins", async () => {
    const { thread_id } = await client.threads.create();
    const first = await client.runs.create(thread_id, "progress", { input: { steps: 1_800 } });
    const second = await client.runs.create(thread_id, "agent", { input: { topic: "rain" } });
    await eventually(
      () => client.runs.get(thread_id, first.run_id),
      ({ status }) => status === "running",
    );
    await client.runs.cancel(thread_id, first.run_id, true);
    assert.equal((await client.runs.get(thread_id, first.run_id)).status, "interrupted");
    await client.runs.join(thread_id, second.run_id);
    assert.equal((await client.runs.get(thread_id, second.run_id)).status, "success");
  });

  await check("cancels all that wait at once", async () => {
    const { thread_id } = await client.threads.create();
    const first = await client.runs.create(thread_id, "progress", { input: { steps: 1_800 } });
    const second = await client.runs.create(thread_id, "agent", { input: { topic: "hail" } });
    await eventually(
      () => client.runs.get(thread_id, first.run_id),
      ({ status }) => status === "running",
    );
    const headers = { ...inFront(deployment), "x-api-key": key, "content-type": "application/json" };
    const answer = await fetch(`${url}/runs/cancel`, { method: "POST", headers, body: '{"status":"pending"}' });
    assert.equal(answer.status, 204);
    assert.equal((await client.runs.get(thread_id, second.run_id)).status, "interrupted");
    assert.equal((await client.runs.get(thread_id, first.run_id)).status, "running");
    await client.runs.cancel(thread_id, first.run_id, true);
  });

  await check("rolls a run back; deletes a thread", async () => {
    const { thread_id } = await client.threads.create();
    await client.runs.wait(thread_id, "agent", { input: { topic: "snow" } });
    const run = await client.runs.create(thread_id, "progress", { input: { steps: 1_800 } });
    await eventually(
      () => client.runs.get(thread_id, run.run_id),
      ({ status }) => status === "running",
    );
    await client.runs.cancel(thread_id, run.run_id, true, "rollback");
    await assert.rejects(client.runs.get(thread_id, run.run_id), /404/);
    await client.threads.delete(thread_id);
    await assert.rejects(client.threads.get(thread_id), /404/);
  });

  await check("a graph finds its variables, its secrets by reference, and the store", async () => {
    const values = await client.runs.wait(null, "keeper", { input: {} });
    assert.deepEqual((values as { seen: unknown }).seen, {
      greeting: "good morning",
      stored: hash(stored.stored),
      other: hash(stored.other),
      note: "kept",
    });
  });

  await check("the API loads a graph, secrets by reference included, to update the state of a thread", async () => {
    const { thread_id } = await client.threads.create();
    await client.runs.wait(thread_id, "keeper", { input: {} });
    await client.threads.updateState(thread_id, { values: { seen: { note: "by a person" } } });
    const { values } = await client.threads.getState(thread_id);
    assert.deepEqual(values, { seen: { note: "by a person" } });
  });

  await check("a worker may not scan or delete the table, read the key, or change a secret", async () => {
    const values = await client.runs.wait(null, "prober", { input: { secret } });
    const { outcomes } = values as { outcomes: Record<string, string> };
    assert.deepEqual(Object.keys(outcomes), ["scan", "deleteTable", "keyOfClients", "changedSecret"]);
    for (const outcome of Object.values(outcomes)) assert.match(outcome, /AccessDenied/);
  });
}
