/** A deployed project with custom auth (test/fixtures/auth), which two users ask: each has what is their own, and strangers nothing. */
import assert from "node:assert/strict";
import type { Client } from "@langchain/langgraph-sdk";
import { clientOf, SECRET } from "../flow/owned-world.ts";
import { check } from "./report.ts";

const isNotFound = (error: unknown): boolean => error instanceof Error && /\b404\b/.test(error.message);
const streamed = async (client: Client, thread_id: string): Promise<string[]> => {
  const events: string[] = [];
  const input = { secret: SECRET };
  for await (const { event } of client.runs.stream(thread_id, "tells", { input, streamMode: "updates" }))
    events.push(event);
  return events;
};

/** @param url without a slash at the end */
export async function runUserCases(url: string): Promise<void> {
  const [ann, bob] = [clientOf(url, "ann"), clientOf(url, "bob")];

  await check("users: whoever is unknown is refused, with what the project says", async () => {
    for (const headers of [{}, { authorization: "Bearer mallory" }, { "x-api-key": "ann" }]) {
      const refused = await fetch(`${url}/threads/search`, { method: "POST", headers, body: "{}" });
      assert.equal(refused.status, 401);
      assert.deepEqual(await refused.json(), { detail: "Who are you?" });
    }
    assert.equal((await fetch(`${url}/ok`)).status, 200);
  });

  await check("users: a stream, a state and a search of one's own, and nothing of it for another", async () => {
    const { thread_id } = await ann.threads.create();
    assert.deepEqual(await streamed(ann, thread_id), ["metadata", "updates"]);
    assert.match(JSON.stringify((await ann.threads.getState(thread_id)).values), new RegExp(SECRET));
    const [run] = await ann.runs.list(thread_id);

    for (const peek of [
      () => bob.threads.get(thread_id),
      () => bob.threads.getState(thread_id),
      () => bob.runs.get(thread_id, run?.run_id ?? ""),
      () => bob.runs.create(thread_id, "tells", { input: {} }),
    ])
      await assert.rejects(peek, isNotFound);
    assert.deepEqual(await bob.threads.search(), []);
  });

  await check("users: a graph that calls its own server from the worker is its user there", async () => {
    const { thread_id } = await ann.threads.create();
    const run = await ann.runs.create(thread_id, "tells", { input: {} });
    const of = { thread_id, run_id: run.run_id, namespace: ["ann", "notes"] };
    const values = (await bob.runs.wait(null, "reaches", { input: { of } })) as { seen: Record<string, unknown> };
    for (const name of ["thread", "state", "run", "result", "create", "remove"])
      assert.match(String(values.seen[name]), /\b404\b/, name);
    assert.equal((await ann.threads.get(thread_id)).thread_id, thread_id);
  });
}
