/** The code of the processes that run graphs of Python, beside the bundles of the functions that start them. */
import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PYTHON_CHILD } from "../../functions/protocol/compiled.ts";

const SOURCE = fileURLToPath(new URL("../../functions/engine/python/child", import.meta.url));

/** @returns its folder */
export function placePythonChild(folder: string): string {
  const to = path.join(folder, PYTHON_CHILD);
  rmSync(to, { recursive: true, force: true });
  cpSync(SOURCE, to, { recursive: true, filter: (file) => path.basename(file) !== "__pycache__" });
  return to;
}
