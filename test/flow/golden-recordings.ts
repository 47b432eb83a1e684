/**
 * What the open JS dev server (1.5.1, LangGraph 1.7.3) answered to the graphs of test/fixtures/golden, normalised and otherwise as
 * recorded. Where Threadline differs on purpose is said in golden-differences.ts, never by editing the recordings.
 */
import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import { type Json, JsonObject } from "../../functions/protocol/json.ts";
import type { Event } from "./golden-normalise.ts";

const Stored = z.object({
  /** `{thread}` stands for a fresh thread; no thread: a stateless run. */
  path: z.string(),
  body: JsonObject,
  /** Runs on the same thread that come first. */
  before: z.array(JsonObject).default([]),
  events: z.array(z.tuple([z.string(), z.json()])).optional(),
  /** Another recording with the same events. */
  same: z.string().optional(),
  /** Body of a `wait` instead of a stream. */
  answer: z.json().optional(),
});

export interface Recording {
  name: string;
  path: string;
  body: JsonObject;
  before: JsonObject[];
  events: Event[];
  answer: Json | undefined;
}

/** All recordings by name, in the order of the files. @param from a folder of `test` */
export function loadRecordings(from = "golden"): Map<string, Recording> {
  const folder = new URL(`../${from}/`, import.meta.url);
  const stored = new Map<string, z.infer<typeof Stored>>();
  for (const file of readdirSync(folder).toSorted()) {
    const content = z.record(z.string(), Stored).parse(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
    for (const [name, entry] of Object.entries(content)) stored.set(name, entry);
  }
  const recordings = new Map<string, Recording>();
  for (const [name, { path, body, before, events, same, answer }] of stored) {
    const original = events ?? (same === undefined ? [] : stored.get(same)?.events);
    if (!original) throw new Error(`${name} refers to ${same}, which is not there`);
    recordings.set(name, { name, path, body, before, events: original, answer });
  }
  return recordings;
}
