/**
 * The compiled project: its manifest, and the preparation of the process for its code (working directory, environment, module resolution).
 * Only the manifest is read before a graph is needed.
 */
import { readFileSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { findPackageJSON, setSourceMapsSupport } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Logger } from "../../../core/ports.ts";
import { DEFAULT_CONFIGS, type DefaultConfig, readDefaultConfigs } from "../../../protocol/default-configs.ts";
import { type GraphShape, RecordedShapes, SHAPES_FILE } from "../../../protocol/graph-shape.ts";
import { Manifest } from "../../../protocol/manifest.ts";
import { type Bridge, isBridge, isObject } from "../langgraph.ts";
import { hookProject } from "./project-hooks.ts";
import { fillVariables, setSecrets, variableOf } from "./project-variables.ts";
import { currentUrl } from "./renew-modules.ts";
import { offerSdkLogger } from "./sdk-logger.ts";

export type ModuleFormat = "esm" | "cjs";

export interface Project {
  manifest: Manifest;
  /** By graph id. */
  defaults: Record<string, DefaultConfig>;
  /** Absolute path of a path in the manifest. */
  locate(relative: string): string;
  /** Absolute path of the graphs' working directory, which contains their source. */
  sourceFolder(): string;
  /** Prepares the process for the project's code, once. */
  prepare(): void;
  /** Also loads the values of its secrets; after a failure the next call tries again. */
  prepareGraphs(): Promise<void>;
  /** What packaging has recorded of a graph; undefined if it has not. */
  recordedShape(graph_id: string): Promise<GraphShape | undefined>;
  /** The variables of a process that runs the project's code, its secrets included. */
  environment(): Promise<Record<string, string | undefined>>;
  /** The project's LangGraph: the copy that modules of this format see; any copy if no format is asked for. */
  bridge(format?: ModuleFormat): Promise<Bridge>;
}

/**
 * Reads `manifest.json` in the given folder. Throws if it is missing or not a manifest.
 * @throws DefaultConfigError
 */
export async function openProject(
  folder: string,
  logger: Logger,
  secrets?: () => Promise<Record<string, string>>,
): Promise<Project> {
  const dir = path.resolve(folder);
  const manifest = Manifest.parse(JSON.parse(await readFile(path.join(dir, "manifest.json"), "utf8")));
  const locate = (relative: string): string => path.resolve(dir, relative);
  const sourceFolder = (): string => manifest.source_dir ?? locate(manifest.config_dir);
  const variables = await variablesOf(manifest, sourceFolder(), logger);
  const defaults = readDefaultConfigs(variableOf(DEFAULT_CONFIGS, variables));
  let prepared = false;
  const prepare = (): void => {
    if (prepared) return;
    prepared = true;
    enterProject(manifest, sourceFolder(), locate, logger);
    fillVariables(variables);
  };
  let reading: Promise<Record<string, string>> | undefined;
  const readSecrets = async (): Promise<Record<string, string>> => {
    reading ??= secrets?.().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return (await reading) ?? {};
  };
  let shapes: Promise<RecordedShapes> | undefined;
  const recordedShape = async (graph_id: string): Promise<GraphShape | undefined> => {
    const known = await (shapes ??= readShapes(locate(SHAPES_FILE)));
    return Object.hasOwn(known, graph_id) ? known[graph_id] : undefined;
  };
  const prepareGraphs = async (): Promise<void> => {
    const values = readSecrets();
    prepare();
    setSecrets(await values);
  };
  const environment = async () => ({ ...variables, ...process.env, ...(await readSecrets()) });
  const bridges = new Map<string, Promise<Bridge>>();
  const bridge = (format?: ModuleFormat): Promise<Bridge> => {
    const file = (format && manifest.bridges[format]) ?? manifest.bridges.esm ?? manifest.bridges.cjs;
    if (file === undefined)
      return Promise.reject(new Error("the project has no LangGraph: @langchain/langgraph was not found"));
    const known = bridges.get(file);
    if (known) return known;
    prepare();
    const loading = importModule(locate(file)).then((exports) => {
      if (!isBridge(exports)) throw new Error(`${file} is not a bridge to LangGraph`);
      return exports;
    });
    bridges.set(file, loading);
    loading.catch(() => bridges.delete(file));
    return loading;
  };
  return { manifest, defaults, locate, sourceFolder, prepare, prepareGraphs, environment, recordedShape, bridge };
}

/** Only an artefact whose graphs were loaded has the file. */
async function readShapes(file: string): Promise<RecordedShapes> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return RecordedShapes.parse(JSON.parse(text));
}

/** The variables of langgraph.json. Its env file is read only on its author's machine. */
async function variablesOf(
  { env_file, env_values }: Manifest,
  directory: string,
  logger: Logger,
): Promise<Record<string, string>> {
  if (env_file === undefined) return env_values;
  try {
    const [text, { parseEnvFile }] = await Promise.all([
      readFile(path.resolve(directory, env_file), "utf8"),
      import("../../../protocol/env-file.ts"),
    ]);
    return { ...parseEnvFile(text), ...env_values };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    // A missing file is reported when the project is compiled.
    if (!isAbsent) logger.warn("project environment not complete", { error: String(error) });
    return env_values;
  }
}

function enterProject(
  manifest: Manifest,
  directory: string,
  locate: (relative: string) => string,
  logger: Logger,
): void {
  try {
    process.chdir(directory);
  } catch (error) {
    logger.warn("project environment not complete", { error: error instanceof Error ? error.message : String(error) });
  }
  offerSdkLogger();
  setSourceMapsSupport(true, { nodeModules: false });
  const { esm, cjs } = manifest.bridges;
  const bridge = esm ?? cjs;
  hookProject({
    mirror: locate("."),
    aliases: manifest.aliases,
    sharedFormat: manifest.shared_format,
    langgraph: locate(bridge === undefined ? manifest.config_dir : path.dirname(bridge)),
    ...(manifest.source_dir === undefined
      ? {}
      : { source: path.resolve(manifest.source_dir, path.relative(manifest.config_dir, ".")) }),
  });
}

/**
 * Exports by name. Node may not detect all names of a CommonJS module, so those of its `default` are used, too. The same holds for an ES
 * module whose default is a plain object: it may be compiled to CommonJS.
 */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  const exports: Record<string, unknown> = await import(currentUrl(urlOf(file)));
  const whole = exports["default"];
  if (!isObject(whole)) return exports;
  if (formatOf(file) === "esm")
    return Object.getPrototypeOf(whole) === Object.prototype ? { ...whole, ...exports } : exports;
  return whole["__esModule"] === true ? { ...whole } : { ...whole, default: whole };
}

export const urlOf = (file: string): string => pathToFileURL(realpathSync(file)).href;

/** Which copy of a package a module uses. Where the suffix does not tell, the nearest package.json does. */
export function formatOf(file: string): ModuleFormat {
  if (/\.m[jt]s$/.test(file)) return "esm";
  if (/\.c[jt]s$/.test(file)) return "cjs";
  const packageFile = findPackageJSON(pathToFileURL(file));
  if (packageFile === undefined) return "cjs";
  const content: unknown = JSON.parse(readFileSync(packageFile, "utf8"));
  return isObject(content) && content["type"] === "module" ? "esm" : "cjs";
}
