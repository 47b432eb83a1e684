/** What `getLogger()` of LangGraph's SDK returns on this server: a logger that writes to the process's console, as `console.log` does. */
import { isObject } from "../langgraph.ts";

/** Where the SDK looks for it. */
const LOGGER = Symbol.for("langgraph.api.sdk-logger");

type Method = "error" | "warn" | "info" | "debug";
/** Its levels, those of winston, with the console's methods: by severity, then those that are always written. */
const LEVELS: readonly (readonly [level: string, method: Method])[] = [
  ["error", "error"],
  ["warn", "warn"],
  ["info", "info"],
  ["http", "info"],
  ["verbose", "debug"],
  ["debug", "debug"],
  ["silly", "debug"],
];
const ALWAYS = ["help", "data", "prompt", "input"];
/** The default of LangGraph's own servers. */
const DEFAULT_LEVEL = "debug";

/** Once per process, unless somebody has set one. The project's variable LOG_LEVEL sets the level. */
export function offerSdkLogger(): void {
  if (LOGGER in globalThis) return;
  const logger: Record<string, (...args: unknown[]) => unknown> = {};
  for (const [index, [level, method]] of LEVELS.entries())
    logger[level] = (...args) => {
      if (index <= lowest()) write(method, args);
      return logger;
    };
  for (const level of ALWAYS)
    logger[level] = (...args) => {
      write("info", args);
      return logger;
    };
  Object.defineProperty(globalThis, LOGGER, { value: logger, configurable: true, writable: true });
}

function lowest(): number {
  const asked = process.env["LOG_LEVEL"]?.toLowerCase();
  const indexOf = (wanted: string | undefined): number => LEVELS.findIndex(([level]) => level === wanted);
  const index = indexOf(asked);
  return index === -1 ? indexOf(DEFAULT_LEVEL) : index;
}

/** Winston's call forms: a message with its fields, or one object with both. */
function write(method: Method, [first, ...rest]: unknown[]): void {
  if (!isObject(first) || first instanceof Error || typeof first["message"] !== "string")
    return console[method](first, ...rest);
  const { message, level: _level, ...fields } = first;
  console[method](message, ...(Object.keys(fields).length > 0 ? [fields] : []), ...rest);
}
