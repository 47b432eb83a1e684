/** The two errors that ports throw. They tell the caller whether a repetition is right (design 4). */

/** The call may have been carried out, or cannot be carried out now. Repeat it with the same bytes. */
export class Unclear extends Error {
  override name = "Unclear";
}

/** The call was not carried out and never will be: too large, not allowed, not understood. Do not repeat it. */
export class Impossible extends Error {
  override name = "Impossible";
}
