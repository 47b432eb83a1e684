/** A logger that keeps its lines for the test to look at. */
import type { Logger } from "../../functions/core/ports.ts";

export interface Line {
  level: keyof Logger;
  message: string;
  fields: Record<string, unknown>;
}

export function silentLogger(): Logger & { lines: Line[] } {
  const lines: Line[] = [];
  const log = (level: keyof Logger) => (message: string, fields: Record<string, unknown>) => {
    lines.push({ level, message, fields });
  };
  return { lines, info: log("info"), warn: log("warn"), error: log("error") };
}
