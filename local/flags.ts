/** The arguments of `npm start`. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { wrongArgument } from "../command-line/command-error.ts";
import { readArguments } from "../command-line/read-arguments.ts";
import { isOrigin, notAnOrigin } from "../functions/protocol/origin.ts";
import { type IsolatedOptions, readIsolatedOptions } from "./isolated/options.ts";
import { findConfig, parsePort } from "./argument-values.ts";

export const USAGE = `Serves the graphs of a LangGraph project, in JavaScript or Python, on this machine.

  npm start -- [--config PATH] [--port P] [--data DIR] [--python PATH] [--watch | --isolated [--timeout S]] [--https] [--allow-origin O] [--allow-host H]

  --config PATH   langgraph.json of the project, or its folder   (default: langgraph.json here)
  --port P        port on loopback, 0 for any free one           (default: 2024)
  --data DIR      where threads and runs are kept                (default: .threadline/data beside langgraph.json)
  --python PATH   interpreter with the project's packages        (default: that of its virtual environment, or python3)
  --watch         what is saved, the env file too, is served by the next run
  --isolated      each invocation in a process of its own, as on Lambda: cold starts, freeze, time-outs, crashes
  --timeout S     time-out of those invocations, seconds         (default: as deployed)
  --https         HTTP/2 over TLS, with a certificate of this machine: browsers open any number of streams then
  --allow-origin O  pages of this origin may call, beside those of this machine and of http.cors; * for all; may be repeated
  --allow-host H    it may be asked by this name, too, by a tunnel for example; may be repeated
  --help          this text

AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL_SQS replace the built-in DynamoDB and run queue by others.`;

const OPTIONS = {
  config: { type: "string" },
  port: { type: "string" },
  data: { type: "string" },
  python: { type: "string" },
  watch: { type: "boolean" },
  isolated: { type: "boolean" },
  timeout: { type: "string" },
  https: { type: "boolean" },
  "allow-origin": { type: "string", multiple: true },
  "allow-host": { type: "string", multiple: true },
} as const;

export interface Flags {
  /** Absolute path of an existing langgraph.json. */
  config: string;
  port: number;
  /** Absolute path; need not exist yet. */
  data: string;
  /** The interpreter of the project's graphs of Python; a path, or a name on PATH. */
  python?: string;
  /** Serve what is saved while the server runs. */
  watch: boolean;
  /** Origins whose pages may call, beside those of this machine and of the project's `http.cors`; `*` = all. */
  allowOrigins: string[];
  /** Host names of the server beside those of this machine, in lower case. */
  allowHosts: string[];
  /** HTTP/2 over TLS. */
  https: boolean;
  /** Undefined = all functions in one process. */
  isolated?: IsolatedOptions;
}

/**
 * @param env settings of the isolated host
 * @returns "help" if that was asked for
 */
export function parseFlags(args: string[], cwd: string, env: Record<string, string | undefined>): Flags | "help" {
  const values = readArguments(args, OPTIONS, USAGE);
  if (values.help) return "help";
  // An unset shell variable is an empty value, which would mean the current folder.
  for (const [name, value] of Object.entries(values))
    if ([value].flat().includes("")) throw wrongArgument(`--${name}: is empty.`);
  if (values.timeout !== undefined && !values.isolated) throw wrongArgument("--timeout: goes with --isolated only.");
  if (values.watch && values.isolated) throw wrongArgument("--watch: goes without --isolated only.");
  if (values.https && values.isolated) throw wrongArgument("--https: goes without --isolated only.");
  const config = findConfig(resolve(cwd, values.config ?? "langgraph.json"));
  const data = values.data === undefined ? join(dirname(config), ".threadline", "data") : resolve(cwd, values.data);
  if (existsSync(data) && !statSync(data).isDirectory()) throw wrongArgument(`--data: ${data} is not a folder.`);
  const isolated = values.isolated ? { isolated: readIsolatedOptions(env, values.timeout) } : {};
  return {
    config,
    port: parsePort(values.port ?? "2024", 0),
    data,
    ...(values.python !== undefined && { python: pathOf(values.python, cwd) }),
    watch: values.watch ?? false,
    https: values.https ?? false,
    allowOrigins: (values["allow-origin"] ?? []).map(parseOrigin),
    allowHosts: (values["allow-host"] ?? []).map(parseHost),
    ...isolated,
  };
}

/** A name without a slash is looked for on PATH. */
const pathOf = (program: string, cwd: string): string => (program.includes("/") ? resolve(cwd, program) : program);

function parseOrigin(text: string): string {
  if (text !== "*" && !isOrigin(text)) throw wrongArgument(`--allow-origin: ${notAnOrigin(text)}.`);
  return text;
}

/** Any port of the host may be called. */
function parseHost(text: string): string {
  const name = URL.parse(`http://${text}`);
  if (!name || name.host !== text.toLowerCase() || name.port !== "")
    throw wrongArgument(`--allow-host: ${text} is not a host name; it has no scheme, port or path.`);
  return name.hostname;
}
