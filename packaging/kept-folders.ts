/** Folders that are made once and used again: packages and interpreters of Python, and under `npm start` the bundles of the functions. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The date of this file in a folder says when it was used last. */
export const USED = "used";

/** How the names of folders begin that are being made; the number of the process follows. */
const UNFINISHED = "made-";

export interface KeptFolder {
  kind: string;
  key: string;
  /** How many of the kind stay: this one, and those last used. */
  keep: number;
  isValid?: (folder: string) => boolean;
}

/**
 * The folder `<kind>-<key>`, made if it is not there: whole or not at all, whenever a build is ended.
 * @param make fills an empty folder
 */
export async function keptFolder(
  cache: string,
  { kind, key, keep, isValid = () => true }: KeptFolder,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = path.join(cache, `${kind}-${key}`);
  const isMade = (): boolean => existsSync(folder) && isValid(folder);
  if (!isMade()) {
    mkdirSync(cache, { recursive: true });
    removeUnfinished(cache);
    const made = mkdtempSync(path.join(cache, `${UNFINISHED}${process.pid}-`));
    try {
      await make(made);
      // Somebody else may have made it meanwhile, and use it already.
      if (!isMade()) {
        rmSync(folder, { recursive: true, force: true });
        renameSync(made, folder);
      }
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  }
  writeFileSync(path.join(folder, USED), "");
  const others = readdirSync(cache).filter((name) => name.startsWith(`${kind}-`) && name !== path.basename(folder));
  const used = (name: string): number =>
    statSync(path.join(cache, name, USED), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  for (const old of others.toSorted((a, b) => used(b) - used(a)).slice(keep - 1))
    rmSync(path.join(cache, old), { recursive: true, force: true });
  return folder;
}

/** What builds have left that were killed. */
function removeUnfinished(cache: string): void {
  for (const name of readdirSync(cache).filter((one) => one.startsWith(UNFINISHED)))
    if (!isAlive(Number.parseInt(name.slice(UNFINISHED.length), 10)))
      rmSync(path.join(cache, name), { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
