/** Folders that packaging makes once and uses again: `.threadline/python` beside langgraph.json. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Of each kind those last used: two CPUs, each before and after a change. */
const KEPT = 4;
/** The date of this file in a folder says when it was used last. */
const USED = "used";

/**
 * The folder `<kind>-<key>`, made if it is not there: whole or not at all, whenever a build is ended.
 * @param make fills an empty folder
 */
export async function keptFolder(
  cache: string,
  { kind, key, isValid = () => true }: { kind: string; key: string; isValid?: (folder: string) => boolean },
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = path.join(cache, `${kind}-${key}`);
  if (!existsSync(folder) || !isValid(folder)) {
    const made = path.join(cache, `made-${process.pid}-${kind}`);
    try {
      rmSync(made, { recursive: true, force: true });
      mkdirSync(made, { recursive: true });
      await make(made);
      rmSync(folder, { recursive: true, force: true });
      renameSync(made, folder);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  }
  writeFileSync(path.join(folder, USED), "");
  const others = readdirSync(cache).filter((name) => name.startsWith(`${kind}-`));
  const used = (name: string): number =>
    statSync(path.join(cache, name, USED), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  for (const old of others.toSorted((a, b) => used(b) - used(a)).slice(KEPT))
    rmSync(path.join(cache, old), { recursive: true, force: true });
  return folder;
}
