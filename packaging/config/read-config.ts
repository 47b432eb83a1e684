/**
 * Reads a langgraph.json. What is not understood is ignored or becomes the error of one graph. The fields are those of 50 public projects.
 */
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import type { HttpConfig } from "../../functions/protocol/manifest.ts";
import { type Located, locate, splitSpec } from "./locate-source.ts";
import { type ConfiguredApp, readApp } from "./read-app.ts";
import { JsonError, parseJson } from "./parse-json.ts";
import { type ConfiguredAuth, readAuth } from "./read-auth.ts";
import { readHttp } from "./read-http.ts";
import { type ProjectEnv, readEnv } from "./read-env.ts";
import { type FileChoice, readFileChoice } from "./read-file-choice.ts";
import { isFolder, isRecord } from "../source-files.ts";
import type { ThreadTtlConfig } from "../../functions/protocol/manifest.ts";
import { type ConfiguredStore, readStore } from "./read-store.ts";
import { type ConfiguredPython, readPython } from "./read-python.ts";
import { readThreadTtl } from "./read-thread-ttl.ts";
import { type ConfiguredUi, readUi } from "./read-ui.ts";
import { unservedFields } from "./unserved-fields.ts";

/** The config file is missing or is no JSON object: nothing can be served. The message names file and line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export type ConfiguredGraph = Located & {
  /** Name of the export. */
  symbol: string;
  /** The path as the project wrote it. */
  source: string;
  description?: string;
};

export interface ProjectConfig {
  /** Absolute real path of the file that was read. */
  file: string;
  /** Its folder. */
  dir: string;
  /** If a graph, or what is named beside graphs, is Python. */
  python: ConfiguredPython | undefined;
  graphs: Record<string, ConfiguredGraph>;
  env: ProjectEnv;
  http: HttpConfig;
  auth: ConfiguredAuth | undefined;
  app: ConfiguredApp | undefined;
  /** By name. */
  ui: Record<string, ConfiguredUi>;
  store: ConfiguredStore;
  threadTtl: ThreadTtlConfig | undefined;
  /** Files of the project to include or exclude against the rules. */
  files: FileChoice;
  warnings: string[];
}

/** Reads the file at `config`. Throws only ConfigError: no such file, or no JSON object in it. */
export function readConfig(config: string): ProjectConfig {
  const { file, raw } = readRaw(path.resolve(config));
  const dir = path.dirname(file);
  const warnings: string[] = [];
  const env = readEnv(raw["env"], dir, (text) => warnings.push(text));
  const http = readHttp(raw["http"], (text) => warnings.push(text));
  const threadTtl = readThreadTtl(raw["checkpointer"], (text) => warnings.push(text));
  warnings.push(...unservedFields(raw));
  const graphs = readGraphs(raw["graphs"], dir, warnings);
  const kinds = new Set(Object.values(graphs).map(({ kind }) => kind));
  const store = readStore(raw["store"], {
    dir,
    isPython: kinds.has("python") && !kinds.has("javascript"),
    warn: (text) => warnings.push(text),
  });
  const auth = readAuth(raw["auth"], dir);
  const app = readApp(raw["http"], dir);
  const besides = [store.config.index, auth?.config, app?.config];
  const isPython = kinds.has("python") || besides.some((part) => part?.language === "python");
  return {
    file,
    dir,
    graphs,
    python: isPython ? readPython(raw, dir, (text) => warnings.push(text)) : undefined,
    env,
    http,
    auth,
    app,
    ui: readUi(raw["ui"], dir),
    store,
    threadTtl,
    files: readFileChoice(raw, dir, (text) => warnings.push(text)),
    warnings,
  };
}

function readRaw(wanted: string): { file: string; raw: Record<string, unknown> } {
  let text: string;
  let file: string;
  try {
    file = realpathSync(isFolder(wanted) ? path.join(wanted, "langgraph.json") : wanted);
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new ConfigError(`There is no file ${isFolder(wanted) ? path.join(wanted, "langgraph.json") : wanted}.`);
    throw new ConfigError(`${wanted} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const raw = parseJson(text);
    if (isRecord(raw)) return { file, raw };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new ConfigError(`${wanted}:${error.line} is not valid JSON: ${error.message}`);
  }
  throw new ConfigError(`${wanted} must contain a JSON object.`);
}

function readGraphs(raw: unknown, dir: string, warnings: string[]): Record<string, ConfiguredGraph> {
  if (!isRecord(raw)) {
    warnings.push('The config names no graphs ("graphs" should be an object of id to "./path.ts:export").');
    return {};
  }
  return Object.fromEntries(Object.entries(raw).map(([id, entry]) => [id, readGraph(entry, dir)]));
}

function readGraph(entry: unknown, dir: string): ConfiguredGraph {
  const described = isRecord(entry) ? entry : {};
  const text = typeof entry === "string" ? entry : described["path"];
  const description =
    typeof described["description"] === "string" ? { description: described["description"] } : undefined;
  if (typeof text !== "string" || text.trim() === "") {
    const error = 'The entry must be "./path.ts:export".';
    return { kind: "unserved", error, symbol: "default", source: "", ...description };
  }
  const { source, symbol } = splitSpec(text.trim());
  const located = locate(source, dir);
  const named = { symbol, source, ...description };
  if (located.kind === "python" && !text.includes(":", source.length))
    return { kind: "unserved", error: `The entry must name an object, "${source}:graph".`, ...named };
  return { ...located, ...named };
}
