/**
 * The Logger port for a person at a terminal: warnings and errors as lines on stderr, `LOG_LEVEL=info` for every state change. Must not
 * print message content; it is not handed any.
 */
import type { Logger } from "../functions/core/ports.ts";

const LEVELS = ["info", "warn", "error"] as const;

export function createConsoleLogger(level: string | undefined): Logger {
  const wanted = LEVELS.findIndex((name) => name === level?.toLowerCase());
  const from = wanted === -1 ? LEVELS.indexOf("warn") : wanted;
  const line =
    (name: (typeof LEVELS)[number]) =>
    (message: string, fields: Record<string, unknown>): void => {
      if (LEVELS.indexOf(name) < from) return;
      const told = Object.entries(fields).map(
        ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      process.stderr.write(`${[name, message, ...told].join(" ")}\n`);
    };
  return { info: line("info"), warn: line("warn"), error: line("error") };
}
