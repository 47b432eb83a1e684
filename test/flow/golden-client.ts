/** The few requests that the comparisons make, over plain HTTP, so that what is compared are bytes and not an SDK's view of them. */
import { z } from "zod";
import type { Json, JsonObject } from "../../functions/protocol/json.ts";

export interface Frame {
  event: string;
  data: Json;
  id: string | undefined;
}

const Thread = z.object({ thread_id: z.string() });

export function post(url: string, body: JsonObject): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Id of a new thread. */
export async function createThread(server: string): Promise<string> {
  return Thread.parse(await (await post(`${server}/threads`, {})).json()).thread_id;
}

/** Reads a stream to its end: the events, without comments. */
export const parseFrames = (text: string): Frame[] => text.split("\n\n").flatMap(parseFrame);

export const parseJson = (text: string): Json => z.json().parse(JSON.parse(text));

function parseFrame(frame: string): Frame[] {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(frame)?.[1];
  const event = field("event");
  return event === undefined ? [] : [{ event, data: parseJson(field("data") ?? "null"), id: field("id") }];
}
