/** One line a check: `ok …` or `FAIL …` with the reason. Must not stop at a failure. */
let failures = 0;

export const failed = (): boolean => failures > 0;

/** Runs a check and prints how it ended, and how long it took. @returns its value, or undefined if it failed */
export async function check<T>(name: string, run: () => Promise<T> | T): Promise<T | undefined> {
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1_000).toFixed(1);
  try {
    const value = await run();
    console.log(`ok ${name} (${seconds()} s)`);
    return value;
  } catch (error) {
    failures++;
    console.log(`FAIL ${name} (${seconds()} s): ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
