/**
 * The variable LANGGRAPH_CONFIG: JSON of graph id to the default config of its assistant, in which `context` is its default context.
 * Source: LangGraph's JavaScript servers.
 */
import { z } from "zod";
import { JsonObject } from "./json.ts";
import { RunConfig } from "./run.ts";

export const DEFAULT_CONFIGS = "LANGGRAPH_CONFIG";

const Defaults = z.record(z.string(), RunConfig.and(z.object({ context: JsonObject.optional() })));

export interface DefaultConfig {
  config: JsonObject;
  context: JsonObject;
}

/** The text is not what it should be; the message is one line that names the variable and the place. */
export class DefaultConfigError extends Error {
  override name = "DefaultConfigError";
}

/** @throws DefaultConfigError */
export function readDefaultConfigs(text: string | undefined): Record<string, DefaultConfig> {
  if (!text) return {};
  const parsed = Defaults.safeParse(parseJson(text));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: "is wrong" };
    throw new DefaultConfigError(`${[DEFAULT_CONFIGS, ...path].join(".")}: ${message}`);
  }
  return Object.fromEntries(
    Object.entries(parsed.data).map(([graph_id, { context = {}, ...config }]) => [graph_id, { config, context }]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DefaultConfigError(`${DEFAULT_CONFIGS}: is not JSON of graph id to config (${String(error)})`);
  }
}
