/**
 * Reads JSON as people write it: comments and trailing commas are allowed, a byte order mark too.
 * Must not know what the JSON means.
 */

/** What is wrong with a JSON text: the parser's words and the line (from 1), if the parser gave a place. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
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
  const position = / at position (\d+)/.exec(message)?.[1];
  const end = /end of JSON input/.test(message) ? text.length : undefined;
  const place = position === undefined ? end : Number(position);
  const line = place === undefined ? undefined : text.slice(0, place).split("\n").length;
  return new JsonError(message.replace(/ in JSON at position .*$/s, "").replace(/ \(line .*\)$/s, ""), line);
}
