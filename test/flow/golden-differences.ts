/**
 * Where Threadline's streams differ from the recordings, and why. Each entry turns a recorded expectation into ours; what no entry
 * mentions has to be equal. "Official" is the Agent Server of LangSmith, which wins over the open dev server.
 */
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import type { Event } from "./golden-normalise.ts";
import type { Recording } from "./golden-recordings.ts";

interface Difference {
  why: string;
  /** Our events in place of the recorded ones; undefined = not concerned. */
  edit: (recording: Recording, events: Event[], all: Map<string, Recording>) => Event[] | undefined;
}

const modesOf = ({ body }: Recording) => [body["stream_mode"] ?? "values"].flat();
const base = (event: string) => event.split("|")[0];
const object = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
const first = (value: Json) => object(Array.isArray(value) ? value[0] : undefined);
const isOneOf = (value: Json | undefined, ...names: string[]) => typeof value === "string" && names.includes(value);
const isStep = (event: Event | undefined) => event?.[0] === "updates" || event?.[0] === "values";
const isCheckpoint = ([name, data]: Event) => base(name) === "debug" && object(data)["type"] === "checkpoint";

/** Applied from top to bottom. */
export const differences: Difference[] = [
  {
    why: "stateless runs can interrupt, as on the official server: the dev server has no saver there",
    edit: ({ name }, _events, all) =>
      name.startsWith("stateless.hitl.")
        ? find(all, name.replace("stateless.", "thread.")).events.filter(
            (event) => base(event[0]) !== "checkpoints" && !isCheckpoint(event),
          )
        : undefined,
  },
  {
    why: "stream_subgraphs changes nothing for a graph without subgraphs: the dev server loses messages/complete",
    edit: ({ name }, _events, all) =>
      /^subgraphs\.(tool_agent|joke_llm)\./.test(name)
        ? find(all, name.replace("subgraphs.", "thread.")).events
        : undefined,
  },
  {
    why: "only what was asked for: the dev server adds short `checkpoints` events to values and messages with stream_subgraphs",
    edit: (_recording, events) =>
      events.filter(([name, data]) => !(base(name) === "checkpoints" && "parent_id" in object(data))),
  },
  {
    why: "`checkpoints` events carry config, parent_config and tasks, as the official ones: what the debug stream has",
    edit: (recording, events, all) =>
      modesOf(recording).includes("checkpoints") ? fullCheckpoints(recording, events, all) : undefined,
  },
  {
    why: "messages and messages-tuple together: only tuples, as the official server",
    edit: (recording, events) =>
      modesOf(recording).includes("messages-tuple")
        ? events.filter(([name]) => !name.startsWith("messages/"))
        : undefined,
  },
  {
    why: "messages: neither human input nor a repetition of what was streamed, as the official server",
    edit: (_recording, events) =>
      events.filter(([name, data]) => name !== "messages/complete" || !isOneOf(first(data)["type"], "human", "ai")),
  },
  {
    why: "messages: a tool's answer is announced by messages/metadata and sent when it is made, not after the step, as the official server",
    edit: (_recording, events, all) => {
      const ours: Event[] = [];
      for (const event of events) {
        if (event[0] !== "messages/complete") ours.push(event);
        else ours.splice(isStep(ours.at(-1)) ? -1 : ours.length, 0, ...announced(event, events, all));
      }
      return ours;
    },
  },
  {
    why: "an interrupt's last `values` are the state with the interrupt in it, as the official server; without one there is nothing to add",
    edit: (_recording, events) =>
      events.flatMap((event, at) => (event[0] === "values" ? interruptedValues(event, events.slice(0, at)) : [event])),
  },
  {
    why: "a failed task's error is {error, message}, as the error event's and the official server's",
    edit: (_recording, events) => events.map(([name, data]) => [name, taskError(data)]),
  },
];

/** What we should send where the recording says `events`. Ids are not yet renumbered. */
export function expectedEvents(recording: Recording, all: Map<string, Recording>): Event[] {
  let events = recording.events;
  for (const { edit } of differences) events = edit(recording, events, all) ?? events;
  return events;
}

/** The JSON that a `wait` should answer. */
export function expectedAnswer({ name, answer }: Recording): Json | undefined {
  // The error itself, as on the official server: the dev server packs it into another error's text.
  if (name.endsWith(".boom")) return { __error__: { error: "BoomError", message: "boom: something broke" } };
  // Merged with the state, as on the official server; stateless runs can interrupt.
  if (name.endsWith(".hitl")) {
    return {
      some_text: "Original text",
      __interrupt__: [{ id: "<id-1>", value: { text_to_revise: "Original text" } }],
    };
  }
  return answer;
}

function find(all: Map<string, Recording>, name: string): Recording {
  const recording = all.get(name);
  if (!recording) throw new Error(`there is no recording ${name}`);
  return recording;
}

/** Debug events are checkpoints and tasks in one stream: both are cut from it, so that ids agree. */
function fullCheckpoints(recording: Recording, events: Event[], all: Map<string, Recording>): Event[] {
  const modes = modesOf(recording);
  const own = modes.includes("debug");
  const debug = own ? events : expectedEvents(find(all, siblingOf(recording.name)), all);
  const full = debug
    .filter(isCheckpoint)
    .map(([name, data]): Event => [name.replace("debug", "checkpoints"), checkpointOf(data)]);
  if (own) return events.map((event) => (base(event[0]) === "checkpoints" ? (full.shift() ?? event) : event));
  return debug.flatMap((event): Event[] => {
    if (isCheckpoint(event)) return full.splice(0, 1);
    if (base(event[0]) !== "debug") return [event];
    return modes.includes("tasks") ? [[event[0].replace("debug", "tasks"), object(event[1])["payload"] ?? null]] : [];
  });
}

/** The recording of the same run in mode debug. */
const siblingOf = (name: string) =>
  name.replace(/^combo\.(\w+)\..*/, "thread.$1.debug").replace(/\.checkpoints$/, ".debug");

function checkpointOf(data: Json): JsonObject {
  const { checkpoint: _checkpoint, parent_checkpoint: _parent, ...rest } = object(object(data)["payload"]);
  return rest;
}

/** Metadata of a node's own message: what the tuple stream says about it, with this run's ids. */
function announced(event: Event, events: Event[], all: Map<string, Recording>): Event[] {
  const tuple = find(all, "thread.tool_agent.messages-tuple").events.find(([, data]) => first(data)["type"] === "tool");
  const known = events.find(([name]) => name === "messages/metadata")?.[1];
  const { run_id = null, thread_id = null } = object(object(Object.values(object(known))[0])["metadata"]);
  const ns = "tools:<id-9000>";
  const facts = object(Array.isArray(tuple?.[1]) ? tuple[1][1] : undefined);
  const metadata: JsonObject = { ...facts, run_id, thread_id, checkpoint_ns: ns, langgraph_checkpoint_ns: ns };
  delete metadata["tags"];
  const { id } = first(event[1]);
  return [["messages/metadata", { [typeof id === "string" ? id : ""]: { metadata } }], event];
}

function interruptedValues(event: Event, earlier: Event[]): Event[] {
  const interrupts = object(event[1])["__interrupt__"];
  if (!Array.isArray(interrupts)) return [event];
  const state = earlier.findLast(([name]) => name === "values")?.[1];
  return interrupts.length === 0 ? [] : [["values", { ...object(state), __interrupt__: interrupts }]];
}

function taskError(data: Json): Json {
  const holder = object(data);
  if (typeof holder["payload"] === "object") return { ...holder, payload: taskError(holder["payload"]) };
  const error = object(holder["error"]);
  return "name" in error && "message" in error
    ? { ...holder, error: { error: error["name"], message: error["message"] } }
    : data;
}
