/** The arguments of `npm run deploy:local`. */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongArgument } from "../../command-line/command-error.ts";
import { readArguments } from "../../command-line/read-arguments.ts";
import { findConfig, parsePort } from "../argument-values.ts";

const USAGE = `Deploys a project to MiniStack, an emulator of AWS on this machine, as it would be deployed to AWS.

  npm run deploy:local -- [--config PATH] [--port P]
  npm run deploy:local -- --key
  npm run deploy:local -- --remove

  --config PATH   langgraph.json of the project          (default: the example)
  --port P        of MiniStack, on 127.0.0.1             (default: 4566)
  --key           prints the key of the deployment
  --remove        ends MiniStack and deletes all of it
  --data DIR      where it keeps everything              (default: .threadline/ministack of Threadline)

Needs Python 3.10 or newer, and the package index for the first time. A second deploy updates the first.`;

const OPTIONS = {
  config: { type: "string" },
  port: { type: "string", default: "4566" },
  data: { type: "string" },
  key: { type: "boolean" },
  remove: { type: "boolean" },
} as const;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Where everything is kept unless `--data` says otherwise. */
export const USUAL_FOLDER = join(ROOT, ".threadline", "ministack");

export interface DeployFlags {
  action: "deploy" | "key" | "remove";
  /** Absolute. */
  config: string;
  port: number;
  /** Absolute. */
  folder: string;
}

/** @returns the usage if that was asked for */
export function parseDeployFlags(args: string[], cwd: string): DeployFlags | { help: string } {
  const values = readArguments(args, OPTIONS, USAGE);
  if (values.help) return { help: USAGE };
  if (values.key && values.remove) throw wrongArgument("--key and --remove do not go together.");
  const port = parsePort(values.port, 1);
  const config = findConfig(values.config === undefined ? join(ROOT, "langgraph.json") : resolve(cwd, values.config));
  const folder = values.data === undefined ? USUAL_FOLDER : resolve(cwd, values.data);
  return { action: values.key ? "key" : values.remove ? "remove" : "deploy", config, port, folder };
}
