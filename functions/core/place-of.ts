/** Class and place of what was thrown, for a log line. Must not tell its text: that may be what a user wrote. */
export function placeOf(error: unknown): { name: string; at: string | undefined } {
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  return {
    name,
    at: stack
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line.startsWith("at "))
      ?.slice("at ".length),
  };
}
