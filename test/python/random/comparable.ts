/** What a random graph has shown, in a form in which our server and plain LangGraph must say the same. */
import { isJsonObject, type Json } from "../../../functions/protocol/json.ts";
import type { ThreadState } from "../../../functions/protocol/thread.ts";
import type { Event } from "../../flow/golden-normalise.ts";

/** What plain LangGraph has, too. */
export function shown({ values, next, tasks, metadata, checkpoint, parent_checkpoint }: ThreadState): Json {
  const address = (of: ThreadState["checkpoint"] | null): Json => of && { checkpoint_id: of.checkpoint_id };
  return sortInterrupts({
    values,
    next,
    tasks: tasks.map(({ id, name, error, interrupts, result, state }) => ({
      id,
      name,
      error,
      result: result ?? null,
      interrupts: interrupts.map((one): Json => ({ ...one })),
      state: state ? shown(state) : null,
    })),
    metadata,
    checkpoint: address(checkpoint),
    parent_checkpoint: address(parent_checkpoint),
  });
}

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g;
const masked = (value: Json): string => JSON.stringify(value).replaceAll(ID, "");
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/**
 * Tasks that run side by side end in any order, and so do the events of their subgraphs. Here each graph's events follow those of another,
 * and of a superstep those of one task those of another.
 */
export function ordered(events: Event[]): Event[] {
  const ranks = ranksOf(events);
  const graphs = Map.groupBy(events, ([name]) => name.split("|").slice(1).join("|"));
  const placed = [...graphs].map(([ns, ofGraph]) => ({ ofGraph, place: `${ranked(ns, ranks)} ${masked(ofGraph)}` }));
  return placed.toSorted(byPlace).flatMap(({ ofGraph }) => {
    let superstep = 0;
    return ofGraph
      .map((event) => ({ event, place: placeOf(event, ranks), superstep: isOfAll(event) ? ++superstep : superstep }))
      .toSorted((one, other) => one.superstep - other.superstep || byPlace(one, other))
      .map(({ event }) => event);
  });
}

const byPlace = (one: { place: string }, other: { place: string }): number => compare(one.place, other.place);

/** Tasks in the order in which their graph begins them, which is LangGraph's own. */
function ranksOf(events: Event[]): Map<string, string> {
  const ids = events.flatMap(([name, data]) =>
    name.startsWith("tasks") && isJsonObject(data) && "input" in data ? [textOf(data["id"])] : [],
  );
  return new Map([...new Set(ids)].map((id, rank) => [id, String(rank).padStart(4, "0")]));
}

const ranked = (text: string, ranks: Map<string, string>): string => text.replaceAll(ID, (id) => ranks.get(id) ?? "");

const asks = (data: Json): boolean => isJsonObject(data) && "__interrupt__" in data;
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const isOfAll = ([name, data]: Event): boolean => /^(values|checkpoints)/.test(name) && !asks(data);

/** Node, then beginning, writes and end of its task; several tasks of a node one after the other. Empty for what is of no task. */
function placeOf([name, data]: Event, ranks: Map<string, string>): string {
  if (name.startsWith("messages") && Array.isArray(data)) return masked(data[1] ?? null);
  if (name.startsWith("custom")) return `~ ${speakerIn(data)}`;
  if (!isJsonObject(data)) return "";
  if (asks(data)) return `~ ${name} ${masked(data)}`;
  if (name.startsWith("updates")) return `${Object.keys(data)[0]} 2 ${masked(data)}`;
  if (!name.startsWith("tasks")) return "";
  const [node, task] = [textOf(data["name"]), ranked(textOf(data["id"]), ranks)];
  return `${node} ${"error" in data ? 3 : 1} ${task} ${masked(data)}`;
}

/** What tells the words of one task from those of another. */
const speakerIn = (data: Json): string =>
  isJsonObject(data) && "by" in data ? `${textOf(data["by"])} ${textOf(data["at"])}` : masked(data);

/** Interrupts of tasks side by side, too, come in any order. */
export function sortInterrupts(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(sortInterrupts);
    const areInterrupts = items.length > 1 && items.every((one) => isJsonObject(one) && "value" in one && "id" in one);
    return areInterrupts ? items.toSorted((one, other) => compare(masked(one), masked(other))) : items;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sortInterrupts(item ?? null)]));
}

const MESSAGE_FACTS = ["langgraph_step", "langgraph_node", "langgraph_triggers", "langgraph_path"];

/** Without what only a server adds. */
export function comparable([name, given]: Event): Event {
  const data = sortInterrupts(given);
  const [mode] = name.split("|");
  if (mode === "tasks" && isJsonObject(data)) return [name, { ...data, metadata: null }];
  if (mode !== "messages" || !Array.isArray(data)) return [name, data];
  const [message = null, metadata = null] = data;
  const facts = MESSAGE_FACTS.map((fact): [string, Json] => [
    fact,
    isJsonObject(metadata) ? (metadata[fact] ?? null) : null,
  ]);
  return [name, [message, Object.fromEntries(facts)]];
}
