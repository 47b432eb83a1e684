/** What the command lines of this folder have in common: Node's parser with our errors, and the values that several of them take. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { Problem } from "./problem.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

const MAX_PORT = 65_535;

/** Of a command that is asked wrongly. */
export const wrong = (message: string): Problem => new Problem(message, 2);

/** @throws Problem with the usage for an option that is none of `options` */
export function readArgs<O extends Options>(args: string[], options: O, usage: string) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw wrong(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** @param path of a langgraph.json, or of its folder */
export function findConfig(path: string): string {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "langgraph.json") : path;
  if (!existsSync(file)) throw wrong(`--config: there is no file ${file}.`);
  return file;
}

/** @param least 0 where any free port may be asked for */
export function parsePort(text: string, least: 0 | 1): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < least || port > MAX_PORT)
    throw wrong(`--port: ${text} is not a port (${least} to ${MAX_PORT}).`);
  return port;
}
