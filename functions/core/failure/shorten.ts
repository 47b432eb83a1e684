/** Shortens the texts of errors, which are kept on rows, in events and in log lines. */

/** The text itself, or its beginning and an ellipsis. */
export const shorten = (text: string, characters: number): string =>
  text.length > characters ? `${text.slice(0, characters)}…` : text;
