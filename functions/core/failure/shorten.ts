/** Texts of errors, cut where they are made: they ride on rows, in events and in log lines. Must not be used for values. */

/** The text itself, or its beginning and an ellipsis. */
export const shorten = (text: string, characters: number): string =>
  text.length > characters ? `${text.slice(0, characters)}…` : text;
