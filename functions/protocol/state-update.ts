/** The bodies that write a thread's state: one update, and the supersteps of a new thread (Agent Server API). */
import { z } from "zod";
import { absentable, AnyJson, JsonObject, KeyText } from "./json.ts";
import { Command } from "./run.ts";
import { CheckpointSelector, ThreadCreate } from "./thread.ts";

/** What a node returns: a part of the state, a list for a graph whose state is one, or `null` for nothing. */
const Values = z.union([JsonObject, z.array(AnyJson), z.null()], { error: "must be an object, a list or null" });

export const StateUpdateBody = z.object({
  values: Values.optional().transform((values) => values ?? null),
  as_node: absentable(z.string()),
  checkpoint: absentable(CheckpointSelector),
  checkpoint_id: absentable(KeyText),
});
export type StateUpdateBody = z.infer<typeof StateUpdateBody>;

/** What one node has written, or would have. */
const NodeUpdate = z.object({
  values: Values.optional().transform((values) => values ?? null),
  command: absentable(Command),
  as_node: absentable(z.string()),
});
export type NodeUpdate = z.infer<typeof NodeUpdate>;

/** Updates that are applied together, as those of parallel nodes are. */
export const Superstep = z.object({ updates: z.array(NodeUpdate).min(1) });
export type Superstep = z.infer<typeof Superstep>;

/** Body of POST /threads. */
export const ThreadCreation = ThreadCreate.extend({ supersteps: absentable(z.array(Superstep)) });
