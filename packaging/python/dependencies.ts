/** Where a project states its packages: the files of its folders, names in langgraph.json, and lock files. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ConfiguredPython } from "../config/read-python.ts";
import { foldersUp, isFile } from "../source-files.ts";
import { builtNames, type LocalPackage, localPackage, namedFolders, textOf } from "./local-packages.ts";

export interface Dependencies {
  /** Files of requirements. */
  files: string[];
  /** Folders of packages whose own statements count. */
  unlocked: string[];
  /** Folders of packages with a uv.lock. */
  locked: string[];
  /** Requirements by name. */
  named: string[];
  /** Versions that a poetry.lock has chosen, as requirements. */
  chosen: string[];
  /** Those that lie in folders. */
  local: LocalPackage[];
  /** Names of what is no wheel of an index. */
  built: string[];
  /** The content of all that was read: packages are the same as long as it is. */
  texts: string[];
}

const STATED = ["pyproject.toml", "setup.py"];

/** As LangGraph's own servers read them: a folder that is a package counts by that, any other by its requirements.txt. */
export function readDependencies({ local, named }: Pick<ConfiguredPython, "local" | "named">): Dependencies {
  const folders = namedFolders(local);
  const packages = folders.flatMap((dir) => localPackage(dir) ?? []);
  const isPackage = (dir: string): boolean => packages.some((one) => one.dir === dir);
  const locks = local.map((dir) => ({ dir, lock: isPackage(dir) ? lockAbove(dir) : undefined }));
  const files = local
    .filter((dir) => !isPackage(dir))
    .map((dir) => path.join(dir, "requirements.txt"))
    .filter(isFile);
  const read = new Set([
    ...files.flatMap(withIncluded),
    ...folders.flatMap((dir) => [...STATED, "setup.cfg", "uv.toml"].map((name) => path.join(dir, name)).filter(isFile)),
    ...locks.flatMap(({ lock }) => lock ?? []),
  ]);
  const poetry = local.map((dir) => path.join(dir, "poetry.lock")).filter(isFile);
  const texts = [...read, ...poetry].map((file) => readFileSync(file, "utf8"));
  return {
    files,
    unlocked: locks.flatMap(({ dir, lock }) => (isPackage(dir) && lock === undefined ? [dir] : [])),
    locked: locks.flatMap(({ dir, lock }) => (lock === undefined ? [] : [dir])),
    named,
    chosen: poetry.flatMap((file) => chosenIn(readFileSync(file, "utf8"))),
    local: packages,
    built: builtNames([...texts, named.join("\n")]),
    texts: [...texts, named.join("\n")],
  };
}

/** Its own, or that of the workspace above it. */
function lockAbove(dir: string): string | undefined {
  const isWorkspace = (at: string): boolean =>
    /^\[tool\.uv\.workspace\]/m.test(textOf(path.join(at, "pyproject.toml")));
  const root = foldersUp(dir).find((at) => isFile(path.join(at, "uv.lock")) && (at === dir || isWorkspace(at)));
  return root === undefined ? undefined : path.join(root, "uv.lock");
}

/** A requirements file and those that it names by -r or -c. */
function withIncluded(file: string): string[] {
  if (!file.endsWith(".txt") || !isFile(file)) return isFile(file) ? [file] : [];
  const named = readFileSync(file, "utf8").matchAll(/^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)/gm);
  return [file, ...[...named].flatMap(([, at = ""]) => withIncluded(path.resolve(path.dirname(file), at)))];
}

/** A package in several versions, each for its platform, is left to the resolver. */
function chosenIn(lock: string): string[] {
  const entries = [...lock.matchAll(/^\[\[package\]\]\s*\nname = "([^"]+)"\s*\nversion = "([^"]+)"/gm)];
  const versions = Map.groupBy(entries, ([, name = ""]) => name);
  return [...versions].flatMap(([name, [only, another]]) => (another ? [] : `${name}==${only?.[2] ?? ""}`));
}
