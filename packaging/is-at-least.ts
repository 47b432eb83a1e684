/** Compares versions by their numbers: a pre-release counts as its release. */
export function isAtLeast(version: string, oldest: string): boolean {
  const numbers = (text: string): number[] => text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const actual = numbers(version);
  const wanted = numbers(oldest);
  const at = wanted.findIndex((part, index) => (actual[index] ?? 0) !== part);
  return at < 0 || (actual[at] ?? 0) > (wanted[at] ?? 0);
}
