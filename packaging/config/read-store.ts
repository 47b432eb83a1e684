/** Reads `store` of a langgraph.json: how long items live, and what of them is embedded by which model. */
import { StoreConfig } from "../../functions/protocol/manifest.ts";
import { isCode, isRecord } from "../source-files.ts";
import { locate, splitSpec } from "./locate-source.ts";

export interface ConfiguredStore {
  config: StoreConfig;
  /** Absolute real path of the source file that embeds. */
  file?: string;
}

interface StoreOptions {
  dir: string;
  /** All graphs are Python: so is the model of a provider. */
  isPython: boolean;
  warn: (text: string) => void;
}

/** What is not understood has no effect and is reported. A model that is not there is an error of its use. */
export function readStore(raw: unknown, { dir, isPython, warn }: StoreOptions): ConfiguredStore {
  if (!isRecord(raw)) return { config: {} };
  const part = <Name extends "ttl" | "index">(name: Name): StoreConfig[Name] => {
    const value = raw[name] ?? undefined;
    const given = name === "ttl" && isRecord(value) ? withoutNulls(value) : value;
    const parsed = StoreConfig.shape[name].safeParse(given);
    if (parsed.success) return parsed.data as StoreConfig[Name];
    const [issue] = parsed.error.issues;
    warn(
      `"store.${[name, ...(issue?.path ?? [])].join(".")}" is not understood (${issue?.message}): "store.${name}" has no effect.`,
    );
    return undefined;
  };
  const [ttl, index] = [part("ttl"), part("index")];
  const kept = ttl && { ttl };
  if (!index) return { config: { ...kept } };
  const { dims, embed, fields } = index;
  const read = { dims, embed, ...(fields && { fields }) };
  if (!isPath(embed)) return { config: { ...kept, index: { ...read, ...(isPython && { language: "python" }) } } };
  const { source, symbol } = splitSpec(embed);
  const found = locate(source, dir);
  if (found.kind === "unserved") return { config: { ...kept, index: { ...read, error: found.error } } };
  if (found.kind === "python") {
    const unnamed = `it names no function of ${source}, as in "${source}:embed".`;
    const error = embed.includes(":") ? {} : { error: unnamed };
    return { config: { ...kept, index: { ...read, ...error, language: "python", symbol } } };
  }
  return { config: { ...kept, index: { ...read, symbol } }, file: found.file };
}

/** `default_ttl: null` is none. */
const withoutNulls = (value: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));

/** And not a provider with its model. */
const isPath = (embed: string): boolean => {
  const { source } = splitSpec(embed);
  return embed.startsWith(".") || embed.startsWith("/") || isCode(source) || source.endsWith(".py");
};
