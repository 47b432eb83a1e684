/** The rules that leave folders of a project out of its mirror, apart from those by name. */
import path from "node:path";
import { BY_TOOLS, marksOfTool } from "../../functions/protocol/left-out.ts";
import { isFile, isFolder, isRecord, readJsonObject } from "../source-files.ts";

/** In each environment of Python, whatever its folder is called. */
export const ENVIRONMENT_FILE = "pyvenv.cfg";

/** Why a folder is left out unless the source names it. */
export function folderLeftOut(at: string, outputs: readonly string[]): string | undefined {
  const marks = marksOfTool(path.basename(at));
  if (isThere(path.join(at, ENVIRONMENT_FILE))) return BY_TOOLS;
  if (marks && (marks.length === 0 || marks.some((mark) => isThere(path.join(at, mark))))) return BY_TOOLS;
  return outputs.includes(at) ? "output of the package's build" : undefined;
}

const isThere = (at: string): boolean => isFile(at) || isFolder(at);

/** The output folders of the package's own build. */
export function outputFolders(root: string): string[] {
  const options = readJsonObject(path.join(root, "tsconfig.json"))?.["compilerOptions"];
  const outDir = isRecord(options) ? options["outDir"] : undefined;
  const found = typeof outDir === "string" ? path.resolve(root, outDir) : undefined;
  return found !== undefined && found !== root && isFolder(found) ? [found] : [];
}
