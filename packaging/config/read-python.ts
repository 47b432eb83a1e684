/** What langgraph.json says of a project's Python: where its modules are, which packages it asks for, and which Python. */
import path from "node:path";
import type { AllowedClasses } from "../../functions/protocol/manifest.ts";
import { isFolder, toPosix } from "../source-files.ts";
import { readClasses } from "./read-classes.ts";

export interface ConfiguredPython {
  /** Folders of modules, absolute: that of langgraph.json, and those that `dependencies` names. */
  dirs: string[];
  /** For `sys.path`, relative to the folder of langgraph.json: packages have their modules in `src`, too. */
  paths: string[];
  /** Folders of `dependencies`, absolute; that of langgraph.json if none is named. */
  local: string[];
  /** Other entries of `dependencies`: packages by name, as pip takes them. */
  named: string[];
  /** `python_version`, such as 3.12. */
  version?: string;
  /** Absent = as LangGraph decides. */
  allowedClasses?: AllowedClasses;
}

const VERSION = /^3\.\d+/;

export function readPython(
  { dependencies, python_version, checkpointer }: Readonly<Record<string, unknown>>,
  dir: string,
  warn: (text: string) => void,
): ConfiguredPython {
  const all = (Array.isArray(dependencies) ? dependencies : []).filter((one): one is string => typeof one === "string");
  const isLocal = (one: string): boolean => one.startsWith(".") || path.isAbsolute(one);
  const folders = all.filter(isLocal);
  const isThere = (one: string): boolean => isFolder(path.resolve(dir, one));
  for (const one of folders.filter((folder) => !isThere(folder)))
    warn(
      `There is no folder ${one}, which "dependencies" of langgraph.json names: its modules and packages are missing.`,
    );
  const local = folders.filter(isThere).map((one) => path.resolve(dir, one));
  const dirs = [...new Set([dir, ...local])];
  const paths = dirs.flatMap((one) => [one, path.join(one, "src")]).filter(isFolder);
  const [version] = VERSION.exec(String(python_version)) ?? [];
  const allowedClasses = readClasses(checkpointer, warn);
  return {
    dirs,
    paths: paths.map((one) => toPosix(path.relative(dir, one)) || "."),
    local: local.length > 0 ? [...new Set(local)] : [dir],
    named: all.filter((one) => !isLocal(one)),
    ...(version !== undefined && { version }),
    ...(allowedClasses !== undefined && { allowedClasses }),
  };
}
