/** Folders that packaging makes once and uses again: `.threadline/python` beside langgraph.json. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import path from "node:path";

/** Of each kind those last used: two CPUs, each before and after a change. */
const KEPT = 4;

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
  utimesSync(folder, new Date(), new Date());
  const others = readdirSync(cache).filter((name) => name.startsWith(`${kind}-`));
  const byUse = others
    .map((name) => path.join(cache, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of byUse.slice(KEPT)) rmSync(old, { recursive: true, force: true });
  return folder;
}
