/** Class and place of what was thrown, for a log line. Must not tell its text: that may be what a user wrote. */
export function whereThrown(error: unknown): { name: string; thrown_at: string | undefined } {
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  return {
    name,
    thrown_at: stack
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line.startsWith("at "))
      ?.slice("at ".length),
  };
}
