/**
 * Translates LangGraph's stream into events of the wire, mode by mode (observed on the official server): only the modes that were asked
 * for, synchronously.
 */
import { keepRecent } from "../../../core/keep-recent.ts";
import type { LogEvent } from "../../../core/log/slot.ts";
import type { EventSink, Urgency } from "../../../core/run/execute/engine-port.ts";
import { STREAM_ONLY } from "../../../core/stream/stream-only.ts";
import type { Interrupts } from "../../../core/thread/thread-row.ts";
import type { RunKwargs, StreamMode } from "../../../protocol/run.ts";
import { INTERRUPT } from "../../checkpoint/own-names.ts";
import type { ReplayedEvents } from "../../events/replayed-events.ts";
import type { TaskEnds } from "../../events/task-ends.ts";
import type { ErrorText } from "../../graph/shown-errors.ts";
import { type Features, isObject, type StreamEvent } from "../langgraph.ts";
import { STREAMED_NAMESPACES } from "../../timings.ts";
import { checkpointPayload, debugPayload, failedToolEvent, taskPayload } from "./checkpoint-events.ts";
import { blockEvent, messageTuples, wholeMessages } from "./message-events.ts";
import { endedTask } from "./ended-task.ts";
import { channelsToJson, nodesToJson, toJson } from "./to-json.ts";

/** LangGraph's names of the modes to stream. `updates` is always among them, since it shows interrupts. */
export function graphModes(
  asked: readonly StreamMode[],
  features: Features,
): { modes: string[]; dropped: StreamMode[] } {
  const unknown = (mode: StreamMode): boolean =>
    (!features.taskModes && (mode === "tasks" || mode === "checkpoints")) || (!features.toolMode && mode === "tools");
  const known = asked.filter((mode) => mode !== "events" && !unknown(mode));
  const names = known.map((mode) => (mode === "messages-tuple" ? "messages" : mode));
  return { modes: [...new Set([...names, "updates"])], dropped: asked.filter(unknown) };
}

/** What LangGraph streams in version 3 of its events. Checkpoints come unasked, before the values of their superstep. */
export const BLOCK_MODES = ["values", "updates", "messages", "tools", "custom", "tasks"];

export interface StreamTranslator {
  /** A chunk of `graph.stream`: `[mode, payload]`, or `[namespace, mode, payload]` with subgraphs. */
  chunk(chunk: unknown): void;
  /** An event of `streamEvents`. */
  event(event: StreamEvent): void;
  /** Whether the graph has stopped at an interrupt, or before or after a node. */
  paused(): boolean;
  /** The run pauses with these interrupts by task; none = it stopped before or after a node. */
  pause(waiting: Interrupts): void;
}

/** Serialisers of the modes that show channels. Their errors name the channel. */
const SERIALISERS: Record<string, typeof toJson> = { values: channelsToJson, updates: nodesToJson };

export interface TranslatorOptions {
  sink: EventSink;
  ends: TaskEnds;
  replayed: ReplayedEvents;
  text: ErrorText;
  /** The graph streams version 3 of LangGraph's events: messages as content blocks, checkpoints by their names. */
  inBlocks: boolean;
}

export function createTranslator(
  kwargs: RunKwargs,
  { sink, ends, replayed, text, inBlocks }: TranslatorOptions,
): StreamTranslator {
  const asked = new Set<string>(kwargs.stream_mode);
  const messages = asked.has("messages-tuple") ? messageTuples() : asked.has("messages") ? wholeMessages() : undefined;
  const lastValues = new Map<string, unknown>();
  /** By namespace that is interrupted: its interrupts, task by task, and its state. */
  const asking = new Map<string, { state: unknown; interrupts: unknown[] }>();
  const stops = new Set<string>();
  /** By namespace, until its values come. */
  const named = new Map<string, unknown>();
  let paused = false;
  let toAnswer = false;

  const eventOf = (name: string, suffix: string, data: unknown): LogEvent => ({
    event: name + suffix,
    data: (SERIALISERS[name] ?? toJson)(data, `An event "${name}"`),
  });
  const send = (name: string, suffix: string, data: unknown, urgency: Urgency): void =>
    sink.emit(eventOf(name, suffix, data), urgency);
  /** Events that announce finished tasks, of the graph that the suffix names. */
  const announce = (name: string, suffix: string, data: unknown): void =>
    sink.announce(eventOf(name, suffix, data), suffix.slice(1));

  const updates = (suffix: string, payload: unknown): void => {
    const found = interruptsIn(payload);
    if (found) paused = true;
    if (found?.length === 0) return void stops.add(suffix);
    if (found) toAnswer = true;
    if (asked.has("updates")) {
      if (found) send("updates", suffix, payload, "held");
      else if (!replayed.hasUpdates(suffix.slice(1), isCached(payload))) announce("updates", suffix, payload);
    }
    if (!found || !asked.has("values")) return;
    const { state, interrupts } = asking.get(suffix) ?? { state: lastValues.get(suffix), interrupts: [] };
    interrupts.push(...found);
    asking.set(suffix, { state, interrupts });
  };

  /** A namespace that is interrupted sends its values once more, when all of its interrupts are known. */
  const values = (suffix: string, payload: unknown): void => {
    if (interruptsIn(payload)) return;
    const isReplayed = replayed.hasValues(suffix.slice(1));
    keepRecent(lastValues, suffix, payload, STREAMED_NAMESPACES);
    const waiting = asking.get(suffix);
    const checkpoint = named.get(suffix);
    named.delete(suffix);
    if (waiting) waiting.state = payload;
    if (waiting || isReplayed) return;
    if (checkpoint !== undefined) announce(STREAM_ONLY.checkpoints, suffix, checkpoint);
    announce("values", suffix, payload);
  };

  /**
   * All versions show interrupts among the updates, so the last `values` of a paused graph are made here: one event for all interrupts. One
   * event each, containing those before, would grow with their square.
   */
  const ask = (waiting: Interrupts): void => {
    const inOrder = Object.values(waiting).flat();
    const ranks = new Map(inOrder.map(({ id }, rank) => [id, rank]));
    const rankOf = (interrupt: unknown): number => ranks.get(idOf(interrupt)) ?? ranks.size;
    for (const [suffix, { state, interrupts }] of asking) {
      const shown =
        suffix === "" && inOrder.length > 0
          ? inOrder
          : interrupts.toSorted((one, other) => rankOf(one) - rankOf(other));
      send("values", suffix, { ...(isObject(state) ? state : {}), [INTERRUPT]: shown }, "held");
    }
  };

  const isReplayedDebug = (type: unknown, ns: string, inner: unknown): boolean =>
    type === "checkpoint"
      ? replayed.hasCheckpoint(ns, checkpointIdOf(inner))
      : type === "task" && replayed.hasStarted(ns, idOf(inner), "debug");

  const streamed: Record<string, (suffix: string, payload: unknown) => void> = {
    custom: (suffix, payload) => send("custom", suffix, payload, "token"),
    messages: (suffix, payload) => {
      const block = inBlocks ? blockEvent(payload) : undefined;
      if (block) {
        const { data, isDelta } = block;
        return sink.emit({ event: STREAM_ONLY.messages + suffix, data }, isDelta ? "token" : "structural");
      }
      for (const { name, data } of messages?.(payload) ?? [])
        sink.emit({ event: name + suffix, data }, name === "messages/complete" ? "structural" : "token");
    },
    updates,
    values,
    tasks: (suffix, payload) => {
      const task = taskPayload(payload, text);
      if (showsInterrupt(payload)) send("tasks", suffix, task, "held");
      else if (isResult(payload) || !replayed.hasStarted(suffix.slice(1), idOf(payload), "tasks"))
        announce("tasks", suffix, task);
    },
    tools: (suffix, payload) => send("tools", suffix, taskPayload(payload, text), "structural"),
    checkpoints: (suffix, payload) => {
      // LangGraph also announces checkpoints to its own clients, unasked. Those have no values.
      if (inBlocks) named.set(suffix, payload);
      if (kwargs.temporary || !isObject(payload) || !("values" in payload)) return;
      if (!replayed.hasCheckpoint(suffix.slice(1), checkpointIdOf(payload)))
        announce("checkpoints", suffix, checkpointPayload(payload));
    },
    debug: (suffix, payload) => {
      const { type, payload: inner }: Record<string, unknown> = isObject(payload) ? payload : {};
      if (type === "checkpoint" && kwargs.temporary) return;
      const held = type !== "checkpoint" && showsInterrupt(inner);
      if (held) send("debug", suffix, debugPayload(payload, text), "held");
      else if (!isReplayedDebug(type, suffix.slice(1), inner)) announce("debug", suffix, debugPayload(payload, text));
    },
  };

  return {
    chunk(chunk) {
      if (!Array.isArray(chunk)) return;
      const [ns, mode, payload]: unknown[] = chunk.length === 3 ? chunk : [[], ...chunk];
      if (typeof mode !== "string" || (mode !== "updates" && mode !== "messages" && !asked.has(mode))) return;
      streamed[mode]?.(suffixOf(ns, inBlocks ? "" : mode, payload), payload);
    },
    event(event) {
      if (event.tags?.includes("langsmith:hidden")) return;
      const shown = failedToolEvent(event, text);
      const task = kwargs.durability === "exit" ? undefined : endedTask(event);
      if (!task) return send("events", "", shown, "token");
      const taskEnd = eventOf("events", "", shown);
      ends.hold(task, () => sink.announce(taskEnd, task.ns));
    },
    paused: () => paused,
    pause(waiting) {
      ask(waiting);
      if (stops.size === 0 && !toAnswer) stops.add("");
      if (!asked.has("updates")) return;
      for (const suffix of stops) send("updates", suffix, { [INTERRUPT]: [] }, "held");
    },
  };
}

/** Of a task or an interrupt. Versions before 0.4 have no interrupt ids: these stay in the order in which they came. */
const idOf = (shown: unknown): string => (isObject(shown) && typeof shown["id"] === "string" ? shown["id"] : "");

const partOf = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);
const checkpointIdOf = (payload: unknown): unknown =>
  partOf(partOf(partOf(payload, "config"), "configurable"), "checkpoint_id");
const isCached = (payload: unknown): boolean => partOf(partOf(payload, "__metadata__"), "cached") === true;

/** Empty: stopped before or after a node. */
const interruptsIn = (payload: unknown): unknown[] | undefined =>
  isObject(payload) && Array.isArray(payload[INTERRUPT]) ? payload[INTERRUPT] : undefined;

const isResult = (task: unknown): boolean => isObject(task) && "result" in task;

const showsInterrupt = (task: unknown): boolean =>
  isObject(task) && Array.isArray(task["interrupts"]) && task["interrupts"].length > 0;

/** `|node:uuid` of each subgraph on the way. Older versions count a message's own node as a subgraph. */
function suffixOf(ns: unknown, mode: string, payload: unknown): string {
  if (!Array.isArray(ns)) return "";
  let path: unknown[] = ns;
  if (mode === "messages" && Array.isArray(payload)) {
    const metadata: unknown = payload[1];
    if (isObject(metadata) && metadata["langgraph_checkpoint_ns"] === ns.join("|")) path = ns.slice(0, -1);
  }
  return path.length === 0 || path[0] === "" ? "" : `|${path.join("|")}`;
}
