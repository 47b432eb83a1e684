/** A project's manifest and what is read beside it, for the engines of all languages. Must not change the process: they prepare it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { once } from "../../core/once.ts";
import type { Logger } from "../../core/ports.ts";
import { DEFAULT_CONFIGS, type DefaultConfig, readDefaultConfigs } from "../../protocol/default-configs.ts";
import { type GraphShape, RecordedShapes, SHAPES_FILE } from "../../protocol/graph-shape.ts";
import { Manifest } from "../../protocol/manifest.ts";
import { variableOf } from "./project-variables.ts";

export interface Project {
  manifest: Manifest;
  /** By graph id. */
  defaults: Record<string, DefaultConfig>;
  /** The variables of langgraph.json, by name. */
  variables: Readonly<Record<string, string>>;
  /** Absolute path of a path in the manifest. */
  locate: (relative: string) => string;
  /** Absolute path of the graphs' working directory, which contains their source. */
  sourceFolder: () => string;
  /** The values of its secrets, read once; after a failure the next call tries again. */
  secrets(): Promise<Record<string, string>>;
  /** The variables of a process that runs the project's code, its secrets included. */
  environment(): Promise<Record<string, string | undefined>>;
  /** What packaging has recorded of a graph; undefined if it has not. */
  recordedShape(graph_id: string): Promise<GraphShape | undefined>;
}

/**
 * Reads `manifest.json` in the given folder. Throws if it is missing or not a manifest.
 * @throws DefaultConfigError
 */
export async function openProject(
  folder: string,
  logger: Logger,
  readSecrets?: () => Promise<Record<string, string>>,
): Promise<Project> {
  const dir = path.resolve(folder);
  const manifest = Manifest.parse(JSON.parse(await readFile(path.join(dir, "manifest.json"), "utf8")));
  const locate = (relative: string): string => path.resolve(dir, relative);
  const sourceFolder = (): string => manifest.source_dir ?? locate(manifest.config_dir);
  const variables = await variablesOf(manifest, sourceFolder(), logger);
  const secrets = once(async () => (await readSecrets?.()) ?? {});
  let shapes: Promise<RecordedShapes> | undefined;
  return {
    manifest,
    defaults: readDefaultConfigs(variableOf(DEFAULT_CONFIGS, variables)),
    variables,
    locate,
    sourceFolder,
    secrets,
    environment: async () => ({ ...variables, ...process.env, ...(await secrets()) }),
    async recordedShape(graph_id) {
      const known = await (shapes ??= readShapes(locate(SHAPES_FILE)));
      return Object.hasOwn(known, graph_id) ? known[graph_id] : undefined;
    },
  };
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
      import("../../protocol/env-file.ts"),
    ]);
    return { ...parseEnvFile(text), ...env_values };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    // A missing file is reported when the project is compiled.
    if (!isAbsent) logger.warn("project environment not complete", { error: String(error) });
    return env_values;
  }
}
