/** Where a project's Python modules are: its own folder, and the local packages that `dependencies` of langgraph.json names. */
import path from "node:path";
import { isFolder, toPosix } from "../source-files.ts";

export interface PythonFolders {
  /** Absolute. */
  dirs: string[];
  /** For `sys.path`, relative to the folder of langgraph.json: packages have their modules in `src`, too. */
  paths: string[];
}

/** A dependency without a dot in front is the name of a package, which the project's interpreter has. */
export function readPythonFolders(dependencies: unknown, dir: string): PythonFolders {
  const named = (Array.isArray(dependencies) ? dependencies : []).filter(
    (one): one is string => typeof one === "string" && one.startsWith("."),
  );
  const dirs = [...new Set([dir, ...named.map((one) => path.resolve(dir, one))])].filter(isFolder);
  const all = dirs.flatMap((one) => [one, path.join(one, "src")]).filter(isFolder);
  return { dirs, paths: all.map((one) => toPosix(path.relative(dir, one)) || ".") };
}
