/** The Python files of a project, which a watcher follows: they are run as they are, so nothing is compiled of them. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { ENVIRONMENT_FILE } from "./left-out.ts";
import { ifThere } from "./source-folders.ts";

/** Folders that hold no source of the project. */
const PASSED_OVER = new Set(["node_modules", "__pycache__", "site-packages"]);

/** All absolute; a folder inside another one counts once. */
export function pythonModules(dirs: readonly string[]): { files: string[]; folders: string[] } {
  const files = new Set<string>();
  const folders = new Set<string>();
  const visit = (folder: string): void => {
    const entries = ifThere(() => readdirSync(folder, { withFileTypes: true })) ?? [];
    if (folders.has(folder) || entries.some(({ name }) => name === ENVIRONMENT_FILE)) return;
    folders.add(folder);
    for (const entry of entries) {
      const at = path.join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith(".") && !PASSED_OVER.has(entry.name)) visit(at);
      else if (entry.isFile() && entry.name.endsWith(".py")) files.add(at);
    }
  };
  for (const dir of dirs) visit(dir);
  return { files: [...files], folders: [...folders] };
}
