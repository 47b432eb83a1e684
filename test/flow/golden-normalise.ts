/**
 * Makes two runs of the same graph comparable: ids, times and what describes the server instead of the run are masked.
 * Used for the recordings and for what our server sends; it must not hide a difference that a client could notice.
 */
import type { Json, JsonObject } from "../../functions/protocol/json.ts";

/** One server-sent event: name and parsed data. */
export type Event = [name: string, data: Json];

/** Facts about the server that a run's metadata repeats; every server has its own. */
const SERVER_FACTS = new Set([
  "created_by",
  "run_attempt",
  "langgraph_version",
  "langgraph_plan",
  "langgraph_host",
  "langgraph_api_url",
]);
/** What addresses a checkpoint; everything else in a config is the server's bookkeeping. */
const ADDRESS = ["thread_id", "checkpoint_ns", "checkpoint_id", "checkpoint_map"];
/** What the loop itself writes about a checkpoint; the rest repeats the run's metadata, which its own events show. */
const CHECKPOINT_FACTS = ["source", "step", "parents"];
/** `null` and absent mean the same here. */
const NULLABLE = new Set(["checkpoint_map", "parent_config", "response_schema"]);
const CLOCKS = new Set(["t", "timestamp"]);

const ONE_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|<id-\d+>/;
/** A tool message without an id gets either kind, from the callback or the reducer of LangGraph that is first: both are one id. */
const ID = new RegExp(`run-(?:${ONE_ID.source})-tool-[\\w-]+|${ONE_ID.source}`, "g");

/**
 * Masks events; ids become `<id-1>`, `<id-2>` … in the order in which they appear. Idempotent, so edited expectations can be renumbered.
 */
export function normalise(events: Event[]): Event[] {
  const names = new Map<string, string>();
  const nameOf = (id: string) => {
    const name = names.get(id) ?? `<id-${names.size + 1}>`;
    names.set(id, name);
    return name;
  };
  return events.map(([name, data]) => [name.replace(ID, nameOf), mask(data, "", nameOf)]);
}

function mask(value: Json, key: string, nameOf: (id: string) => string): Json {
  if (CLOCKS.has(key)) return `<${key}>`;
  if (key === "versions") return "<versions>";
  // Ids of the assistants that exist for every graph are derived from its name: the same on every server.
  if (typeof value === "string") return key === "assistant_id" ? value : value.replace(ID, nameOf);
  if (Array.isArray(value)) return value.map((item) => mask(item, key, nameOf));
  if (value === null || typeof value !== "object") return value;
  const result: JsonObject = {};
  const ofCheckpoint = key === "metadata" && "source" in value && "step" in value;
  for (const name of Object.keys(value).toSorted()) {
    const item = value[name];
    if (item === undefined || SERVER_FACTS.has(name) || (item === null && NULLABLE.has(name))) continue;
    if (ofCheckpoint && !CHECKPOINT_FACTS.includes(name)) continue;
    if (key === "configurable" && !ADDRESS.includes(name)) continue;
    if ((key === "config" || key === "parent_config") && name !== "configurable") continue;
    result[name.replace(ID, nameOf)] = mask(item, name, nameOf);
  }
  return result;
}
