/**
 * What a graph makes of a checkpoint before it has pending writes. It is kept with the head, so that state and history need no graph. The
 * values are in the checkpoint itself; `outlined-snapshot.ts` (JavaScript) and `outlined-state.ts` (Python) add what pending writes change.
 */
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";

/** A task of the next superstep; `nested`: its node is a graph. */
export type OutlinedTask = [id: string, name: string, path: Json, nested: boolean];

export interface Outline {
  /** Of the graph that made it, from the manifest. A graph of another topology may make something else of the checkpoint. */
  topology: string;
  /** The channels that values show, or the one channel that is the values. */
  shown: string | string[];
  tasks: OutlinedTask[];
  /** What channels without a stored value show. */
  defaults: JsonObject;
}

/** A list in the order of `Outline`: the names of its fields would be a third of a head. */
export const writeOutline = ({ topology, shown, tasks, defaults }: Outline): Json => [
  topology,
  shown,
  tasks,
  ...(Object.keys(defaults).length > 0 ? [defaults] : []),
];

/** The outline of a head, if it was made by this graph. */
export function readOutline(stored: Json | undefined, topology: string | undefined): Outline | undefined {
  if (topology === undefined || !Array.isArray(stored) || stored[0] !== topology) return undefined;
  const [, shown, tasks, defaults = {}] = stored;
  if (!isShown(shown) || !Array.isArray(tasks) || !tasks.every(isTask) || !isJsonObject(defaults)) return undefined;
  return { topology, shown, tasks, defaults };
}

const isText = (value: Json | undefined): value is string => typeof value === "string";
const isShown = (value: Json | undefined): value is Outline["shown"] =>
  isText(value) || (Array.isArray(value) && value.every(isText));

function isTask(value: Json): value is OutlinedTask {
  if (!Array.isArray(value)) return false;
  const [id, name, path, nested] = value;
  return isText(id) && isText(name) && path !== undefined && !isJsonObject(path) && typeof nested === "boolean";
}
