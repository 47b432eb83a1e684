/** Reads `http.app` of a langgraph.json: the project's own routes and middleware. */
import type { AppConfig } from "../../functions/protocol/manifest.ts";
import { isRecord } from "../source-files.ts";
import { locate, splitSpec } from "./locate-source.ts";

export interface ConfiguredApp {
  config: AppConfig;
  /** Absolute real path of its source file in JavaScript. */
  file?: string;
}

/**
 * Its middleware may be what protects other routes: what is not understood is an error of its use, which refuses every request.
 * @returns undefined if none is named
 */
export function readApp(http: unknown, dir: string): ConfiguredApp | undefined {
  const spec = isRecord(http) ? (http["app"] ?? undefined) : undefined;
  if (spec === undefined) return undefined;
  if (typeof spec !== "string" || spec.trim() === "")
    return { config: { source: "", symbol: "default", error: '"http.app" must be "./path.ts:export".' } };
  const { source, symbol } = splitSpec(spec.trim());
  const config = { source: spec.trim(), symbol };
  const found = locate(source, dir);
  if (found.kind === "python") return { config: { ...config, language: "python" } };
  if (found.kind === "unserved") return { config: { ...config, error: found.error } };
  return { config, file: found.file };
}
