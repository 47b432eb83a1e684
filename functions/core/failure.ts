/** What ports throw. */

/** Thrown for a write that did not happen and never will, as it is: too large for an item or a transaction. Repeating it is wrong. */
export class Impossible extends Error {
  override name = "Impossible";
}
