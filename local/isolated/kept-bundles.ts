/**
 * The functions' bundles, kept between starts as long as nothing that they are made of changes: making them takes seconds of CPU and
 * 800 MB. Only for this machine: what is deployed is always made anew.
 */
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { keptFolder, USED } from "../../packaging/kept-folders.ts";

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
  sources: [
    "functions",
    "page",
    "cost",
    "packaging/bundle-functions.ts",
    "packaging/bundle-page.ts",
    "node_modules/.package-lock.json",
  ].map(at),
  kept: at("node_modules/.cache/threadline"),
  make: async (out) => (await import("../../packaging/bundle-functions.ts")).bundleFunctions(out),
};

/** Writes the bundles into a folder that is there. Where none can be kept, they are made. */
export async function writeBundles(out: string, { sources, kept, make }: Bundling = OURS): Promise<void> {
  try {
    const wanted = { kind: "functions", key: stateOf(sources), keep: 1 };
    const folder = await keptFolder(kept, wanted, async (made) => void (await make(made)));
    cpSync(folder, out, { recursive: true, filter: (file) => basename(file) !== USED });
  } catch {
    await make(out);
  }
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
