/**
 * Every recorded stream of the dev server, asked of our server: same events, same data, but for the table of golden-differences.ts.
 * Only the public HTTP API is used.
 */
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { createThread, parseFrames, parseJson, post } from "./golden-client.ts";
import { expectedAnswer, expectedEvents } from "./golden-differences.ts";
import { type Event, normalise } from "./golden-normalise.ts";
import { loadRecordings, type Recording } from "./golden-recordings.ts";

const recordings = loadRecordings();
const streams = [...recordings.values()].filter(({ path }) => path.endsWith("/stream"));
const waits = [...recordings.values()].filter(({ path }) => path.endsWith("/wait"));

let server: SharedServer;
beforeAll(async () => {
  server = await goldenServer();
});
afterAll(() => server.stop());

test.concurrent.each(streams)("$name streams what was recorded", async (recording) => {
  const want = normalise(comparable(expectedEvents(recording, recordings)));

  const { response, text } = await perform(recording);

  const frames = parseFrames(text);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  expect(normalise(comparable(frames.map(({ event, data }) => [event, data])))).toEqual(want);
  expect(new Set(frames.map(({ id }) => id)).size, "every event has its own id").toBe(frames.length);
  expect(text, "request headers do not leak into events").not.toContain("user-agent");
});

test.concurrent.each(waits)("$name answers what was recorded", async (recording) => {
  const want = normalise([["answer", expectedAnswer(recording) ?? null]]);

  const { response, text } = await perform(recording);

  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(normalise([["answer", parseJson(text)]])).toEqual(want);
});

async function perform({ path, body, before }: Recording): Promise<{ response: Response; text: string }> {
  const thread = path.includes("{thread}") ? await createThread(server.url) : "";
  const url = server.url + path.replace("{thread}", thread);
  for (const earlier of before) await (await post(url, earlier)).text();
  const response = await post(url, body);
  return { response, text: await response.text() };
}

/** Tracing events and the graph's own stream are two listeners on one run: the order between them is nobody's promise. */
function comparable(events: Event[]): Event[] {
  const traced = events.filter(([name]) => name === "events");
  return [...events.filter(([name]) => name !== "events"), ...traced];
}
