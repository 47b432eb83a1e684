/**
 * What one request may see of each resource. Where custom auth is on, its use cases are given ports that show nothing else: none of them
 * can forget to ask.
 */
import type { JsonObject } from "../../protocol/json.ts";
import { matchesFilter } from "./matches-filter.ts";

export const RESOURCES = ["threads", "assistants", "crons", "store"] as const;
export type Resource = (typeof RESOURCES)[number];

/** `all`; what matches a filter; or `none`, where a handler has refused a part of the request that is not its point. */
export type Sight = { kind: "all" | "none" } | { kind: "filter"; filter: JsonObject };

/** A resource that is absent was not asked for: whoever touches it is a defect, and throws. */
export type Scope = Partial<Record<Resource, Sight>>;

/** @throws Error if the request has not asked for the resource */
export function sightOf(scope: Scope, resource: Resource): Sight {
  const sight = scope[resource];
  if (!sight) throw new Error(`a request touches ${resource} that it has not asked for`);
  return sight;
}

/** @param metadata of the resource; an item of the store has its namespace, key and value instead */
export function isInSight(sight: Sight, metadata: JsonObject): boolean {
  return sight.kind === "filter" ? matchesFilter(metadata, sight.filter) : sight.kind === "all";
}

/** What is not in sight was reached after the checks, as another one's thread that was made meanwhile: 404. */
export class OutOfSight extends Error {
  override name = "OutOfSight";
}
