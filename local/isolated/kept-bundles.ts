/**
 * The functions' bundles, kept between starts as long as nothing that they are made of changes: making them takes seconds of CPU and
 * 800 MB. Only for this machine: what is deployed is always made anew.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Bundling {
  /** Files and folders of which the bundles are made. */
  sources: readonly string[];
  /** Folder in which they are kept. */
  kept: string;
  /** Writes them into a folder. */
  make: (out: string) => Promise<unknown>;
}

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const OURS: Bundling = {
  // npm lists what is installed in the last of them.
  sources: ["functions", "packaging/bundle-functions.ts", "node_modules/.package-lock.json"].map(at),
  kept: at("node_modules/.cache/threadline/functions"),
  make: async (out) => (await import("../../packaging/bundle-functions.ts")).bundleFunctions(out),
};

/** Writes the bundles into a folder that is there. Where none can be kept, they are made. */
export async function writeBundles(out: string, { sources, kept, make }: Bundling = OURS): Promise<void> {
  try {
    const state = stateOf(sources);
    const ours = join(kept, state);
    if (!existsSync(ours)) await keep(make, kept, state);
    cpSync(ours, out, { recursive: true });
  } catch {
    await make(out);
  }
}

/** Whole or not at all: other servers may start meanwhile. Those of other states are removed. */
async function keep(make: Bundling["make"], kept: string, state: string): Promise<void> {
  const fresh = join(kept, `${state}-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  await make(fresh);
  for (const name of readdirSync(kept))
    if (!name.startsWith(state)) rmSync(join(kept, name), { recursive: true, force: true });
  if (existsSync(join(kept, state))) rmSync(fresh, { recursive: true });
  else renameSync(fresh, join(kept, state));
}

function stateOf(sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const source of sources)
    for (const file of filesOf(source)) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 32);
}

function filesOf(source: string): string[] {
  if (!statSync(source).isDirectory()) return [source];
  const below = readdirSync(source, { recursive: true, withFileTypes: true });
  return below
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
