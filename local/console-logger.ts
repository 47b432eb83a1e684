/** The Logger port for a terminal: warnings and errors as lines on stderr, every state change with `THREADLINE_LOG_LEVEL=info`. */
import type { Logger } from "../functions/core/ports.ts";
import { CommandError } from "../command-line/command-error.ts";

const LEVELS = ["info", "warn", "error"] as const;
/** Level names of the functions' logger. Those that this logger lacks mean the nearest one. */
const NAMES: Record<string, (typeof LEVELS)[number]> = {
  trace: "info",
  debug: "info",
  info: "info",
  warn: "warn",
  error: "error",
  critical: "error",
  silent: "error",
};

/** @throws CommandError for an unknown level */
export function createConsoleLogger(level: string | undefined): Logger {
  const wanted = NAMES[level?.toLowerCase() || "warn"];
  if (!wanted)
    throw new CommandError(`THREADLINE_LOG_LEVEL: ${level} is not one of ${Object.keys(NAMES).join(", ")}.`, 2);
  const from = LEVELS.indexOf(wanted);
  const line =
    (name: (typeof LEVELS)[number]) =>
    (message: string, fields: Record<string, unknown>): void => {
      if (LEVELS.indexOf(name) < from) return;
      const pairs = Object.entries(fields).map(
        ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      process.stderr.write(`${[name, message, ...pairs].join(" ")}\n`);
    };
  return { info: line("info"), warn: line("warn"), error: line("error") };
}
