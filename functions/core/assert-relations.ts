/** What tuned numbers owe each other, checked where they are defined: a wrong one stops the process at import. Must not know any of them. */

/** @throws Error with the name of the first relation that does not hold */
export function assertRelations(relations: readonly [name: string, holds: boolean][]): void {
  for (const [name, holds] of relations) if (!holds) throw new Error(`tuned numbers: "${name}" does not hold`);
}
