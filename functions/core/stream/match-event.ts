/** Which events a reader of a thread's stream wants: by channel and by namespace (Agent Server API). */
import type { StreamRequest } from "../../protocol/thread-stream.ts";
import { type Namespace, nodeOf } from "./namespace.ts";
import type { Told } from "./thread-event.ts";

export type EventFilter = Pick<StreamRequest, "channels"> & Partial<Pick<StreamRequest, "namespaces" | "depth">>;

export function matcherOf({ channels, namespaces, depth }: EventFilter): (event: Told) => boolean {
  const wanted = new Set(channels);
  const prefixes = namespaces ?? [];
  return (event) =>
    channelsOf(event).some((channel) => wanted.has(channel)) &&
    (prefixes.length === 0 || prefixes.some((prefix) => isBelow(event.namespace, prefix, depth)));
}

/** `custom` is the channel of every custom event, `custom:<name>` of those with the name. */
function channelsOf({ method, name }: Told): string[] {
  if (method === "input.requested" || method === "input.answered") return ["input"];
  return method === "custom" && name !== undefined ? ["custom", `custom:${name}`] : [method];
}

function isBelow(namespace: Namespace, prefix: Namespace, depth: number | undefined): boolean {
  const below = namespace.length - prefix.length;
  if (below < 0 || (depth !== undefined && below > depth)) return false;
  return prefix.every((segment, i) => segment === namespace[i] || isNodeOf(segment, namespace[i] ?? ""));
}

/** A segment without a task's id names the node. */
const isNodeOf = (segment: string, of: string): boolean => !segment.includes(":") && nodeOf(of) === segment;
