/** Reads `ui` of a langgraph.json: files whose components are bundled for browsers. */
import path from "node:path";
import { isFile, isRecord } from "../source-files.ts";

export interface ConfiguredUi {
  /** As the project wrote it. */
  source: string;
  /** Absolute path of the file. */
  file?: string;
  /** Why there is nothing to bundle. */
  error?: string;
}

const SUFFIXES = ["", ".tsx", ".ts", ".jsx", ".js", "/index.tsx", "/index.ts", "/index.jsx", "/index.js"];

/** By name. What is not understood is an error of its use. */
export function readUi(raw: unknown, dir: string): Record<string, ConfiguredUi> {
  if (!isRecord(raw)) return {};
  return Object.fromEntries(Object.entries(raw).map(([name, entry]) => [name, readEntry(entry, dir)]));
}

function readEntry(entry: unknown, dir: string): ConfiguredUi {
  if (typeof entry !== "string" || entry.trim() === "")
    return { source: "", error: 'The entry must be "./path/to/components.tsx".' };
  const source = entry.trim();
  const file = SUFFIXES.map((suffix) => path.resolve(dir, source) + suffix).find((one) => isFile(one));
  return file === undefined ? { source, error: "There is no such file." } : { source, file };
}
