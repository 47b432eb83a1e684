/**
 * Every recorded stream of the official Python server, asked of our server with the same graphs: same events, same data, but for the table
 * of golden-differences.ts beside this.
 */
import { inject } from "vitest";
import { createThread, parseFrames, parseJson, post } from "../flow/golden-client.ts";
import { normalise } from "../flow/golden-normalise.ts";
import { loadRecordings, type Recording } from "../flow/golden-recordings.ts";
import { comparable, expectedAnswer, expectedEvents } from "./golden-differences.ts";

const recordings = [...loadRecordings("golden-official").values()];
const streams = recordings.filter(({ path }) => path.endsWith("/stream"));
const waits = recordings.filter(({ path }) => path.endsWith("/wait"));

const url = inject("pythonUrl");

test.each(streams)("$name streams what the official server does", async (recording) => {
  const { response, text } = await perform(recording);

  const frames = parseFrames(text);
  expect(response.status).toBe(200);
  expect(normalise(comparable(frames.map(({ event, data }) => [event, data])))).toEqual(
    normalise(comparable(expectedEvents(recording))),
  );
  expect(new Set(frames.map(({ id }) => id)).size, "every event has its own id").toBe(frames.length);
});

test.each(waits)("$name answers what the official server does", async (recording) => {
  const { response, text } = await perform(recording);

  expect(response.status).toBe(200);
  expect(normalise([["answer", parseJson(text)]])).toEqual(normalise([["answer", expectedAnswer(recording)]]));
});

async function perform({ path, body }: Recording): Promise<{ response: Response; text: string }> {
  const thread = path.includes("{thread}") ? await createThread(url) : "";
  const response = await post(url + path.replace("{thread}", thread), body);
  return { response, text: await response.text() };
}
