/** Reads `auth` of a langgraph.json: the project's own code that says who may do what. */
import type { AuthConfig } from "../../functions/protocol/manifest.ts";
import { isRecord } from "../source-files.ts";
import { locate, splitSpec } from "./locate-source.ts";

export interface ConfiguredAuth {
  config: AuthConfig;
  /** Absolute real path of its source file in JavaScript. */
  file?: string;
}

/**
 * Whoever names custom auth wants nobody to pass without it: what is not understood is an error of its use, which refuses everybody.
 * @returns undefined if none is named
 */
export function readAuth(raw: unknown, dir: string): ConfiguredAuth | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (!isRecord(raw)) return unusable("", 'The entry "auth" must be an object.');
  const { path: spec, disable_studio_auth } = raw;
  // Alone it asks for nothing.
  if (spec === undefined || spec === null) return undefined;
  if (typeof spec !== "string" || spec.trim() === "") return unusable("", '"auth.path" must be "./path.ts:export".');
  const { source, symbol } = splitSpec(spec.trim());
  const config = { source: spec.trim(), symbol, disable_studio_auth: disable_studio_auth !== false };
  const found = locate(source, dir);
  if (found.kind === "python") return { config: { ...config, language: "python" } };
  if (found.kind === "unserved") return { config: { ...config, error: found.error } };
  return { config, file: found.file };
}

const unusable = (source: string, error: string): ConfiguredAuth => ({
  config: { source, symbol: "default", disable_studio_auth: true, error },
});
