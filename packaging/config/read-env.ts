/**
 * Reads `env` of a langgraph.json: a file, or values. The file is read each time, because it may have changed. Values are never kept or
 * printed.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { PREFIX } from "../../functions/aws/env.ts";
import { parseEnvFile } from "../../functions/protocol/env-file.ts";
import { isRecord } from "../source-files.ts";

export interface ProjectEnv {
  /** Absolute path of the file, which need not exist; absent if the config names none. */
  file?: string;
  /** Why nothing was read from it. */
  missing?: string;
  values: Record<string, string>;
}

/** An array only names variables that are needed. */
export function readEnv(raw: unknown, dir: string, warn: (text: string) => void): ProjectEnv {
  if (typeof raw === "string") return readFile(raw, path.resolve(dir, raw));
  if (isRecord(raw)) {
    const scalars = Object.entries(raw).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
    return { values: Object.fromEntries(scalars.map(([name, value]) => [name, String(value)])) };
  }
  if (raw !== undefined && raw !== null && !Array.isArray(raw)) warn('"env" is neither a file nor an object.');
  return { values: {} };
}

function readFile(named: string, file: string): ProjectEnv {
  try {
    return { file, values: parseEnvFile(readFileSync(file, "utf8")) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const why = ["ENOENT", "ENOTDIR"].includes(code)
      ? `There is no file ${named}`
      : `${named} cannot be read (${code})`;
    return {
      file,
      missing: `${why}, which "env" of langgraph.json names: graphs do not get its variables.`,
      values: {},
    };
  }
}

/** Variables whose names look like settings of ours, and which have no effect on the local server. */
export function misplacedSettings({ values }: ProjectEnv): string[] {
  const settings = Object.keys(values).filter((name) => name.startsWith(PREFIX));
  return settings.length === 0
    ? []
    : [`${settings.join(", ")} of "env" has no effect: settings of this server are variables of its shell.`];
}
