/**
 * Every recorded stream of the dev server, asked of our server: same events, same data, but for the table of golden-differences.ts.
 * Only the public HTTP API is used.
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import { startServer } from "../support/server.ts";
import { expectedAnswer, expectedEvents } from "./golden-differences.ts";
import { type Event, normalise } from "./golden-normalise.ts";
import { loadRecordings, type Recording } from "./golden-recordings.ts";

const recordings = loadRecordings();
const streams = [...recordings.values()].filter(({ path }) => path.endsWith("/stream"));
const waits = [...recordings.values()].filter(({ path }) => path.endsWith("/wait"));

const Thread = z.object({ thread_id: z.string() });
const parse = (text: string): Json => z.json().parse(JSON.parse(text));

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer({ config: fileURLToPath(new URL("../fixtures/golden/langgraph.json", import.meta.url)) });
});
afterAll(() => server.stop());

test.each(streams)("$name streams what was recorded", async (recording) => {
  const want = normalise(comparable(expectedEvents(recording, recordings)));

  const { response, frames, text } = await perform(recording);

  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  expect(normalise(comparable(frames.map(({ event, data }) => [event, data])))).toEqual(want);
  expect(new Set(frames.map(({ id }) => id)).size, "every event has its own id").toBe(frames.length);
  expect(text, "request headers do not leak into events").not.toContain("user-agent");
});

test.each(waits)("$name answers what was recorded", async (recording) => {
  const { response, text } = await perform(recording);

  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(normalise([["answer", parse(text)]])).toEqual([["answer", expectedAnswer(recording)]]);
});

async function perform({ path, body, before }: Recording) {
  const thread = path.includes("{thread}") ? await createThread() : "";
  const target = path.replace("{thread}", thread);
  for (const earlier of before) await (await post(target, earlier)).text();
  const response = await post(target, body);
  const text = await response.text();
  return { response, text, frames: text.split("\n\n").flatMap(parseFrame) };
}

async function createThread(): Promise<string> {
  return Thread.parse(await (await post("/threads", {})).json()).thread_id;
}

function post(path: string, body: JsonObject): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

function parseFrame(frame: string): { event: string; data: Json; id: string | undefined }[] {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(frame)?.[1];
  const event = field("event");
  return event === undefined ? [] : [{ event, data: parse(field("data") ?? "null"), id: field("id") }];
}

/** Tracing events and the graph's own stream are two listeners on one run: the order between them is nobody's promise. */
function comparable(events: Event[]): Event[] {
  const traced = events.filter(([name]) => name === "events");
  return [...events.filter(([name]) => name !== "events"), ...traced];
}
