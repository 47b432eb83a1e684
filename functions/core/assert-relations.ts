/** Asserts relations between tuned numbers when a process starts. */

/** @throws Error with the name of the first relation that does not hold */
export function assertRelations(relations: readonly [name: string, holds: boolean][]): void {
  for (const [name, holds] of relations) if (!holds) throw new Error(`tuned numbers: "${name}" does not hold`);
}
