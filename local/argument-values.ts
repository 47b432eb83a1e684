/** Argument values that several commands of this folder have. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { wrongArgument } from "../command-line/command-error.ts";

const MAX_PORT = 65_535;

/** @param path of a langgraph.json, or of its folder */
export function findConfig(path: string): string {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "langgraph.json") : path;
  if (!existsSync(file)) throw wrongArgument(`--config: there is no file ${file}.`);
  return file;
}

/** @param least 0 where any free port may be asked for */
export function parsePort(text: string, least: 0 | 1): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < least || port > MAX_PORT)
    throw wrongArgument(`--port: ${text} is not a port (${least} to ${MAX_PORT}).`);
  return port;
}
