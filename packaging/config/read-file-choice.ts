/**
 * Reads `threadline` of langgraph.json, or of the package.json beside it: files to include although a rule leaves them out, and files to
 * exclude.
 */
import path from "node:path";
import { isRecord, readJsonObject } from "../source-files.ts";

/** Patterns as in .dockerignore, relative to the folder of langgraph.json. */
export interface FileChoice {
  include: string[];
  exclude: string[];
}

export function readFileChoice(
  config: Readonly<Record<string, unknown>>,
  dir: string,
  warn: (text: string) => void,
): FileChoice {
  const stated = [config, readJsonObject(path.join(dir, "package.json")) ?? {}].map((one) => one["threadline"]);
  const read = (name: string): string[] =>
    stated.flatMap((field) => {
      const list = isRecord(field) ? field[name] : undefined;
      if (list === undefined) return [];
      const isList = Array.isArray(list) && list.every((one) => typeof one === "string");
      if (!isList) warn(`"threadline.${name}" is not a list of paths: it has no effect.`);
      return isList ? list : [];
    });
  return { include: read("include"), exclude: read("exclude") };
}
