/** What a search shows of a thread: the fields that are asked for and no others. Checkpoints are read only for fields that need them. */
import { isJsonObject, type Json } from "../../protocol/json.ts";
import { THREAD_FIELDS, type ThreadField, type ThreadSearch } from "../../protocol/thread-search.ts";
import type { Ports } from "../ports.ts";
import type { ThreadSummary } from "./thread-listing.ts";
import { shownInterrupts } from "./threads.ts";

export async function selectFields(
  { engine }: Pick<Ports, "engine">,
  thread: ThreadSummary,
  { select = [...THREAD_FIELDS], extract }: Pick<Partial<ThreadSearch>, "select" | "extract">,
): Promise<Record<string, Json>> {
  const roots = Object.values(extract ?? {}).map((path) => /^\w+/.exec(path)?.[0]);
  const needs = (field: ThreadField): boolean => select.includes(field) || roots.includes(field);
  const { thread_id, created_at, updated_at, state_updated_at, metadata, config, status, error } = thread;
  const known: Partial<Record<ThreadField, Json>> = {
    thread_id,
    created_at,
    updated_at,
    state_updated_at,
    metadata,
    config,
    status,
    ...(error !== undefined && { error: error && { ...error } }),
    ...(needs("values") && { values: await engine.values(thread_id, thread.head) }),
    ...(needs("interrupts") && { interrupts: (await shownInterrupts({ engine }, thread)) as unknown as Json }),
  };
  const selected: Record<string, Json> = {};
  for (const field of select) {
    const value = known[field];
    if (value !== undefined) selected[field] = value;
  }
  if (extract)
    selected["extracted"] = Object.fromEntries(
      Object.entries(extract).map(([alias, path]) => [alias, valueAt(known as Record<string, Json>, path)]),
    );
  return selected;
}

/** `values.messages[-1]`; null where there is nothing (seen at the official server). */
export function valueAt(root: Json, path: string): Json {
  let at: Json | undefined = root;
  for (const [, key, position] of `.${path}`.matchAll(/\.([^.[\]]+)|\[(-?\d+)\]/g)) {
    if (key !== undefined) at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    else at = Array.isArray(at) ? at.at(Number(position)) : undefined;
  }
  return at ?? null;
}
