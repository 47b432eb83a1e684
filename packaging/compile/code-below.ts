/**
 * Lists the code files below a folder that an import with a computed name may reach. Other packages, dependencies and hidden folders are
 * not searched.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { isArtefact, isCode, isPackageFolder } from "../source-files.ts";

/** Absolute paths, `[]` if there is no such folder. Links are not followed. */
export function codeBelow(folder: string): string[] {
  const found: string[] = [];
  const folders = [folder];
  for (const dir of folders) {
    const entries = list(dir);
    if (dir !== folder && entries.some((entry) => entry.name === "package.json") && isPackageFolder(dir)) continue;
    for (const entry of entries) {
      const at = path.join(dir, entry.name);
      const skipped = entry.name === "node_modules" || entry.name.startsWith(".");
      if (entry.isDirectory() && !skipped && !isArtefact(at)) folders.push(at);
      if (entry.isFile() && isCode(entry.name)) found.push(at);
    }
  }
  return found;
}

function list(dir: string): ReturnType<typeof readFolder> {
  try {
    return readFolder(dir);
  } catch {
    return [];
  }
}

function readFolder(dir: string) {
  return readdirSync(dir, { withFileTypes: true });
}
