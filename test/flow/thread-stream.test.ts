/** The events of a whole thread, over its runs and updates, with the stock SDK. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
interface Told {
  id?: string | undefined;
  event: string;
  data: unknown;
}
type Options = Parameters<Client["threads"]["joinStream"]>[1];

/** Reads until `count` events have come, then leaves: the stream itself does not end. */
const read = async (thread_id: string, count: number, options: Options = {}): Promise<Told[]> => {
  const told: Told[] = [];
  const leave = new AbortController();
  for await (const { id, event, data } of client.threads.joinStream(thread_id, { signal: leave.signal, ...options })) {
    told.push({ id, event, data });
    if (told.length === count) break;
  }
  leave.abort();
  return told;
};
const ofRun = async (thread_id: string, run_id: string): Promise<Told[]> => {
  const told: Told[] = [];
  for await (const { id, event, data } of client.runs.joinStream(thread_id, run_id, { lastEventId: "-1" }))
    told.push({ id, event, data });
  return told;
};
const ran = async (thread_id: string, topic: string): Promise<Told[]> => {
  const { run_id } = await client.runs.create(thread_id, "agent", { input: { topic }, streamMode: ["updates"] });
  await client.runs.join(thread_id, run_id);
  const done = { id: expect.any(String) as string, event: "metadata", data: { status: "run_done", run_id } };
  return [...(await ofRun(thread_id, run_id)), done];
};

test("tells all runs from the start, each with its end, and goes on after any event", async () => {
  const { thread_id } = await client.threads.create();
  const all = [...(await ran(thread_id, "a")), ...(await ran(thread_id, "b"))];

  const told = await read(thread_id, all.length, { lastEventId: "-" });

  expect(told).toEqual(all);
  expect(new Set(told.map(({ id }) => id)).size).toBe(all.length);
  for (const n of [1, 3, 4, 5])
    expect(await read(thread_id, all.length - n, { lastEventId: told[n - 1]?.id ?? "" })).toEqual(told.slice(n));
});

test("follows what comes, over the end of a run", async () => {
  const { thread_id } = await client.threads.create();
  const before = await ran(thread_id, "before");

  const reading = read(thread_id, 2 * before.length, { lastEventId: before.at(-1)?.id ?? "" });
  const first = await ran(thread_id, "first");
  const second = await ran(thread_id, "second");

  expect(await reading).toEqual([...first, ...second]);
});

test("begins now without a cursor, and says where that was for a reconnect before the first event", async () => {
  const { thread_id } = await client.threads.create();
  await ran(thread_id, "before");
  const response = await fetch(`${server.url}/threads/${thread_id}/stream`);
  const { run_id } = await client.runs.create(thread_id, "agent", { input: { topic: "a" } });

  const again = await fetch(`${server.url}${response.headers.get("location")}`);

  for (const { body } of [response, again]) {
    const begins = await body?.pipeThrough(new TextDecoderStream()).getReader().read();
    expect(begins?.value).toMatch(/^event: metadata\n/);
    expect(begins?.value).toContain(run_id);
  }
});

test("tells only the start and end of runs, or only updates of the state, if asked to", async () => {
  const { thread_id } = await client.threads.create();
  const run = await ran(thread_id, "a");
  await client.threads.updateState(thread_id, { values: { joke: "none" }, asNode: "generate_joke" });
  const state = await client.threads.getState(thread_id);

  const lifecycle = await read(thread_id, 2, { lastEventId: "-", streamMode: "lifecycle" });
  const [update] = await read(thread_id, 1, { lastEventId: "-", streamMode: ["state_update"] });

  expect(lifecycle).toEqual([run[0], run.at(-1)]);
  expect(update).toMatchObject({ event: "state_update", data: { thread_id, state: { values: state.values } } });
});

test("does not tell of a deleted run", async () => {
  const { thread_id } = await client.threads.create();
  await ran(thread_id, "a");
  const [deleted] = await client.runs.list(thread_id);
  const kept = await ran(thread_id, "b");
  await client.runs.delete(thread_id, deleted?.run_id ?? "");

  expect(await read(thread_id, kept.length, { lastEventId: "-" })).toEqual(kept);
});

test("ends when its thread is deleted", async () => {
  const { thread_id } = await client.threads.create();
  const run = await ran(thread_id, "a");
  const response = await fetch(`${server.url}/threads/${thread_id}/stream`, { headers: { "last-event-id": "-" } });

  await client.threads.delete(thread_id);

  expect((await response.text()).match(/^event: /gm)).toHaveLength(run.length);
});

test.each([
  ["an unknown thread", `/threads/${UNKNOWN}/stream`, 404],
  ["an id that is no UUID", "/threads/x/stream", 422],
  ["an unknown mode", `/threads/${UNKNOWN}/stream?stream_modes=lifecycle,bogus`, 422],
])("bad input: %s", async (_name, path, status) => {
  const response = await fetch(`${server.url}${path}`);

  expect(response.status).toBe(status);
  expect(Object.keys((await response.json()) as object)).toEqual(["detail"]);
});
