/**
 * Makes the outlines of heads: asks LangGraph what a graph makes of a checkpoint that is about to be put. Must not fail a run: without an
 * outline, reads ask the graph.
 */
import { jsonBytes } from "../../../core/json/size-limits.ts";
import { OUTLINE_BYTES } from "../../../core/checkpoint/limits.ts";
import { type Outline, writeOutline } from "../../checkpoint/outline.ts";
import { toPlain, toPlainObject } from "../events/to-json.ts";
import type { Json, JsonObject } from "../../../protocol/json.ts";
import { initialOf } from "./channel-default.ts";
import { type Features, type Graph, type GraphConfig, isObject, type StateSnapshot } from "../langgraph.ts";

/** A checkpoint without a namespace, with the values themselves. */
export interface NewCheckpoint {
  thread_id: string;
  checkpoint: {
    id: string;
    channel_values: Record<string, unknown>;
    channel_versions: object;
    versions_seen: Record<string, object>;
  };
  metadata: object;
}

/** @param isStored whether a channel's value is stored with the head @returns undefined where reads have to ask the graph */
export type Outlined = (isStored: (channel: string) => boolean) => Json | undefined;

export type OutlineOf = (put: NewCheckpoint) => Promise<Outlined | undefined>;

/** Kinds of channels that show what they store, and that an empty superstep leaves as they are. */
const PLAIN_KINDS = new Set<unknown>(["LastValue", "BinaryOperatorAggregate"]);

export interface OutlinedRun {
  /** The graph that all runs share; undefined where a factory makes one for each run, by a config that reads do not have. */
  graph: Graph | undefined;
  thread_id: string;
  /** Of the graph. A reader with the same topology has the same graph. */
  topology: string | undefined;
  features: Features;
}

/** undefined where all reads have to ask the graph. */
export function outlineHeads({ graph, thread_id, topology, features }: OutlinedRun): OutlineOf | undefined {
  const { streamChannelsAsIs: shown, channels = {} } = graph ?? {};
  if (!graph || shown === undefined || topology === undefined || !features.outlines) return undefined;
  const names = [shown].flat();
  const isPlain = (name: string): boolean =>
    isObject(channels[name]) && PLAIN_KINDS.has(channels[name]["lc_graph_name"]);
  const ask = asker(graph);
  return async (put) => {
    const values = { ...put.checkpoint.channel_values };
    // A node may put checkpoints of other threads.
    const asked = put.thread_id === thread_id ? await ask(put).catch(() => undefined) : undefined;
    if (!asked || !names.every((name) => isPlain(name) || isHidden(name, values, asked))) return undefined;
    const tasks = asked.tasks.map(({ id, name, path = null, state }): Outline["tasks"][number] => [
      id,
      name,
      toPlain(path, "A task's path"),
      state !== undefined,
    ]);
    return (isStored) => {
      const absent = names.filter((name) => values[name] === undefined || !isStored(name));
      const defaults = defaultsOf(absent, channels);
      const outline = defaults && writeOutline({ topology, shown, tasks, defaults });
      return outline === undefined || jsonBytes(outline) > OUTLINE_BYTES ? undefined : outline;
    };
  };
}

/** Neither stored nor shown: a channel that lives for one superstep, or is not kept at all. */
const isHidden = (name: string, stored: Record<string, unknown>, { values }: StateSnapshot): boolean =>
  stored[name] === undefined && isObject(values) && values[name] === undefined;

/** What channels without a value show: their defaults. undefined if one of these is no JSON. */
function defaultsOf(names: readonly string[], channels: Record<string, unknown>): JsonObject | undefined {
  const defaults = names.map((name): [string, unknown] => [name, initialOf(channels[name])]);
  const known = Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
  try {
    return toPlainObject(known, "A channel's default");
  } catch {
    return undefined;
  }
}

/** Calls LangGraph's own `getState`, with a checkpointer that has this checkpoint alone, without pending writes. */
function asker(graph: Graph): (put: NewCheckpoint) => Promise<StateSnapshot> {
  const known = new Map<unknown, object>();
  const copy = graph.withConfig({});
  copy.checkpointer = {
    getTuple: ({ configurable }: GraphConfig) => Promise.resolve(known.get(configurable["checkpoint_id"])),
  };
  return async ({ thread_id, checkpoint, metadata }) => {
    const { id } = checkpoint;
    const config = { configurable: { thread_id, checkpoint_ns: "", checkpoint_id: id } };
    known.set(id, { config, checkpoint: copyOf(checkpoint), metadata, pendingWrites: [] });
    try {
      return await copy.getState(config);
    } finally {
      known.delete(id);
    }
  };
}

/** The run goes on meanwhile and changes its checkpoint. */
const copyOf = (checkpoint: NewCheckpoint["checkpoint"]): NewCheckpoint["checkpoint"] => ({
  ...checkpoint,
  channel_values: { ...checkpoint.channel_values },
  channel_versions: { ...checkpoint.channel_versions },
  versions_seen: Object.fromEntries(
    Object.entries(checkpoint.versions_seen).map(([node, seen]) => [node, { ...seen }]),
  ),
});
