/** Class and source location of an error, for a log line. Must not include its text, which may contain user data. */
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
