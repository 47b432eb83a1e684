/** The fields of a log line for an unexpected error. */
import { Impossible, Unclear } from "./failure.ts";

/**
 * An error and its source location as fields of a log line. Only what a port threw is shown with its text: that of any other error may
 * contain user data, so its class stands for it.
 */
export function whereThrown(error: unknown): { error: string; thrown_at: string | undefined } {
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  return {
    error: error instanceof Unclear || error instanceof Impossible ? String(error) : name,
    thrown_at: stack
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line.startsWith("at "))
      ?.slice("at ".length),
  };
}
