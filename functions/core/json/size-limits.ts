/** Limits of what is kept on rows, and of what is stored or shown in one piece. */
import type { Json, JsonObject } from "../../protocol/json.ts";
import { KB, MB } from "../units.ts";

/**
 * Bytes of a value that is stored or shown in one piece: an event, the values of a checkpoint, the interrupts of a paused run. A reader
 * holds about five copies of it (parts, bytes, text, frame), and one stream of STREAM_BYTES has to carry it.
 */
export const WHOLE_BYTES = 32 * MB;
/** Characters of an error's text in a log line. */
export const LOGGED_CHARACTERS = 300;
/** Characters of an error's text, and of its name, wherever it is kept or shown: on the rows of run and thread, in events. */
export const ERROR_CHARACTERS = 4_096;
/** Bytes of metadata or config of a resource (JSON); rows stay small. */
const METADATA_BYTES = 32 * KB;

/** A value, an event or a backlog over its limit: the run fails with this, and the server goes on. */
export class TooLarge extends Error {
  override name = "TooLarge";
}

/** What is wrong with the first object over the limit, undefined if none is (design 2: rows stay small). */
export function tooLarge(objects: Record<string, JsonObject | undefined>): string | undefined {
  for (const [name, value] of Object.entries(objects)) {
    const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
    if (bytes > METADATA_BYTES) return `${name}: ${bytes} bytes of JSON, at most ${METADATA_BYTES} are allowed`;
  }
  return undefined;
}

/** @throws TooLarge if `what` cannot be kept or shown in one piece */
export function checkWhole(bytes: number, what: string): void {
  if (bytes > WHOLE_BYTES) throw new TooLarge(`${what} has ${bytes} bytes, at most ${WHOLE_BYTES} are allowed`);
}

/** A UTF-16 unit becomes at most three bytes in UTF-8, so short texts need not be measured. */
export const isWhole = (text: string): boolean =>
  text.length * 3 <= WHOLE_BYTES || Buffer.byteLength(text) <= WHOLE_BYTES;

/** Bytes of JSON; Infinity for what no text can hold. */
export function jsonBytes(value: Json | object): number {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch (error) {
    if (error instanceof RangeError) return Infinity;
    throw error;
  }
}
