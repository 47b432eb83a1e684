/**
 * Where our streams of Python's graphs differ from the recordings of the official server (langgraph-api 0.16.7), and why. What no entry
 * mentions has to be equal.
 */
import type { Json } from "../../functions/protocol/json.ts";
import type { Event } from "../flow/golden-normalise.ts";
import type { Recording } from "../flow/golden-recordings.ts";

interface Difference {
  why: string;
  /** What it makes of a value of an object. Undefined = it is left out. */
  edit: (key: string, value: Json) => Json | undefined;
}

const HIDDEN = "An internal error occurred";

const differences: Difference[] = [
  {
    why: "error texts are shown, unless the deployment hides them",
    edit: (key, value) => (key === "message" && value === HIDDEN ? "boom: something broke" : value),
  },
  {
    why: "there is no server of this version, and packages have versions of their own",
    edit: (key, value) => (key === "langgraph_api_version" || key === "lc_versions" ? undefined : value),
  },
];

/** What we should send where the recording says `events`. */
export const expectedEvents = ({ events }: Recording): Event[] => events.map(([name, data]) => [name, edited(data)]);

export const expectedAnswer = ({ answer }: Recording): Json => edited(answer ?? null);

/** Ours, without the facts that every server has of its own. Tracing events are another listener: their order beside others varies. */
export function comparable(events: Event[]): Event[] {
  const all = events.map(([name, data]): Event => [name, edited(data)]);
  return [...all.filter(([name]) => name !== "events"), ...all.filter(([name]) => name === "events")];
}

function edited(value: Json): Json {
  if (Array.isArray(value)) return value.map(edited);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    let now: Json | undefined = item;
    for (const { edit } of differences) now = now === undefined ? undefined : edit(key, now);
    return now === undefined ? [] : [[key, edited(now)]];
  });
  return Object.fromEntries(entries);
}
