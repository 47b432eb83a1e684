/** The folders of a project that have files of its own, and the names in them that tools create and remove. */
import { type Dirent, existsSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";

/** Dependencies, and what tools write. */
const FOREIGN_FOLDERS = new Set(
  (
    "node_modules .git .hg .svn .threadline .langgraph_api cdk.out coverage .next .nuxt .turbo .cache .yarn .pnpm-store " +
    ".venv venv __pycache__ .mypy_cache .pytest_cache .ruff_cache .ipynb_checkpoints .tox .nox .idea .vscode"
  ).split(" "),
);
/** Files that editors keep beside a file, often for a moment only: Emacs' copies and locks, Vim's swap files. */
const EDITOR_FILE = /~$|^\.#|^\..*\.sw[a-p]$/;
/** Vim creates a file of this name to test whether it may write to a folder. */
const VIM_TRIAL = "4913";
/** Files that graphs write while they run. They are included, but a change of one causes no build. */
const WRITTEN_BY_GRAPHS = /\.(?:log|db|sqlite3?)(?:-\w+)?$/;

const isForeignFolder = (name: string): boolean => FOREIGN_FOLDERS.has(name);

export const isEditorFile = (name: string): boolean => EDITOR_FILE.test(name);

export const isWrittenByGraphs = (name: string): boolean => WRITTEN_BY_GRAPHS.test(name);

/** Whether a change of a file or folder of that name causes no build. */
export const changesNothing = (name: string): boolean =>
  isEditorFile(name) || isWrittenByGraphs(name) || name === VIM_TRIAL || isForeignFolder(name);

/** Undefined if the file or folder has gone since its name was read, as graphs' and editors' files do. */
export function ifThere<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export const entriesOf = (folder: string): Dirent[] =>
  ifThere(() => readdirSync(folder, { withFileTypes: true })) ?? [];

/** The folder and those below it in which a package keeps files of its own. */
export function foldersBelow(folder: string): string[] {
  const found = [folder];
  for (const dir of found) {
    for (const entry of entriesOf(dir))
      if (entry.isDirectory() && !isForeignFolder(entry.name)) found.push(path.join(dir, entry.name));
  }
  return found;
}

/** The folders in which a change of the file is noticed: its own, and that of a link's target. */
export function foldersOfFile(file: string | undefined): string[] {
  if (file === undefined) return [];
  const real = ifThere(() => realpathSync(file)) ?? file;
  return [...new Set([path.dirname(file), path.dirname(real)])];
}

/** Names of what is installed in the `node_modules` folders of these folders, by folder. */
export function installedIn(dirs: Iterable<string>): Map<string, string[]> {
  const folders = [...dirs].map((dir) => path.join(dir, "node_modules")).filter((folder) => existsSync(folder));
  const namesIn = (folder: string): string[] =>
    entriesOf(folder).flatMap(({ name }) =>
      name.startsWith(".") ? [] : name.startsWith("@") ? [name, ...namesIn(path.join(folder, name))] : [name],
    );
  return new Map(folders.map((folder) => [folder, namesIn(folder)]));
}
