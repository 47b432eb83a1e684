/**
 * Evaluates modules again whose import failed or hung: Node would keep that result for ever. A renewed module has a new URL for all
 * importers, so that healthy modules stay one instance. Packages are not renewed; CommonJS forgets failures by itself.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MODULE_PROBE } from "../timings.ts";

const QUERY = "again";
/** URLs of project modules that were imported, without the query. */
const seen = new Set<string>();
const generations = new Map<string, number>();
/** Modules whose export is a promise that has not been fulfilled. */
const unfulfilled = new Set<string>();

/** Awaits what a module exports. If it rejects or hangs, the module counts as failed, although it was evaluated. */
export async function awaitExport(own: string, exported: unknown): Promise<unknown> {
  unfulfilled.add(own);
  const value = await exported;
  unfulfilled.delete(own);
  return value;
}

/** What to import for a project module, by its own URL. */
export function currentUrl(own: string): string {
  seen.add(own);
  const generation = generations.get(own);
  if (generation === undefined) return own;
  const url = new URL(own);
  url.searchParams.set(QUERY, String(generation));
  return url.href;
}

/** Later imports evaluate them again. Files that were removed are forgotten. Never rejects. */
export async function renewFailedModules(): Promise<void> {
  for (const own of [...seen].filter(isRemoved))
    for (const known of [seen, generations, unfulfilled]) known.delete(own);
  const failed = await Promise.all([...seen].map(async (own) => ((await isWell(own)) ? [] : [own])));
  for (const own of failed.flat()) {
    generations.set(own, (generations.get(own) ?? 0) + 1);
    unfulfilled.delete(own);
  }
}

/** Files of older builds of a watched project, for example. */
const isRemoved = (own: string): boolean => own.startsWith("file:") && !existsSync(fileURLToPath(own));

async function isWell(own: string): Promise<boolean> {
  if (unfulfilled.has(own)) return false;
  const patience = Promise.withResolvers<false>();
  const timer = setTimeout(() => patience.resolve(false), MODULE_PROBE);
  const evaluated = import(currentUrl(own)).then(
    () => true,
    () => false,
  );
  const well = await Promise.race([evaluated, patience.promise]);
  clearTimeout(timer);
  return well;
}
