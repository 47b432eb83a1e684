/** Reads JSON as people write it: with comments, trailing commas and a byte order mark. */
import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";

/** A mistake in a JSON text: the parser's message and the line (from 1). */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** @throws JsonError */
export function parseJson(text: string): unknown {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    // Most files are plain JSON, which Node reads several times faster.
    return JSON.parse(plain);
  } catch {
    const errors: ParseError[] = [];
    const value: unknown = parse(plain, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first) throw new JsonError(wordsOf(first), plain.slice(0, first.offset).split("\n").length);
    return value;
  }
}

/** "CommaExpected" as "comma expected". */
function wordsOf({ error }: ParseError): string {
  return printParseErrorCode(error).replace(/[A-Z]/g, (letter, at) => `${at === 0 ? "" : " "}${letter.toLowerCase()}`);
}
