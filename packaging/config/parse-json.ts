/**
 * Reads JSON as people write it: comments and trailing commas are allowed, a byte order mark too.
 * Must not know what the JSON means.
 */

/** What is wrong with a JSON text: the parser's words and the line (from 1). */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** Parses `text`; throws a JsonError. */
export function parseJson(text: string): unknown {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    return JSON.parse(plain);
  } catch {
    const stripped = blankExtras(plain);
    try {
      return JSON.parse(stripped);
    } catch (error) {
      throw describe(error, stripped);
    }
  }
}

/** Comments and trailing commas become spaces, so that places in the text stay what they were. */
function blankExtras(text: string): string {
  const tokens = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  const withoutComments = text.replace(tokens, (token) => (token.startsWith('"') ? token : blank(token)));
  const commas = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;
  return withoutComments.replace(commas, (token) => (token === "," ? " " : token));
}

function blank(part: string): string {
  return part.replace(/[^\n]/g, " ");
}

function describe(error: unknown, text: string): JsonError {
  const message = error instanceof Error ? error.message : String(error);
  return new JsonError(
    message.replace(/ in JSON at position .*$/s, "").replace(/, (?:\.\.\.)?".*$/s, ""),
    lineOf(text),
  );
}

/** The first line that cannot be part of any JSON: the parser itself names a place for some errors only. */
function lineOf(text: string): number {
  const lines = text.split("\n");
  for (let count = 1; count < lines.length; count++) {
    if (!isBeginning(`${lines.slice(0, count).join("\n")}\n`)) return count;
  }
  return lines.length;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    return message.includes("end of JSON input") || message.includes(` at position ${text.length} `);
  }
}
