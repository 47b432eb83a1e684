/** What ports throw, and nothing else: whoever catches one knows whether a repetition is right (design 5). */

/** The call may have been carried out or not, or cannot be now: the same bytes again are right. */
export class Unclear extends Error {
  override name = "Unclear";
}

/** The call was not carried out and never will be as it is: too large, not allowed, not understood. Repeating it is wrong. */
export class Impossible extends Error {
  override name = "Impossible";
}
