/** Copies a body to a Node stream at the reader's pace. Neither ends nor destroys the stream: how a cut looks depends on the host. */
import type { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";

export type Pumped =
  | { kind: "ended" }
  /** The stream closed before the body ended. */
  | { kind: "left" }
  /** The body failed: the reader must not take this for an end. */
  | { kind: "cut"; error: unknown };

/** Resolves when the stream takes more, or never will. */
function drained(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const name of ["drain", "error", "close"]) out.off(name, done);
      resolve();
    };
    for (const name of ["drain", "error", "close"]) out.on(name, done);
  });
}

const usable = (out: Writable): boolean => !out.destroyed && !out.writableEnded && !out.errored;

/** Writes one chunk; false when the stream is dead. */
export async function put(out: Writable, chunk: Uint8Array | string): Promise<boolean> {
  if (!usable(out)) return false;
  if (!out.write(chunk)) await drained(out);
  return usable(out);
}

const LF = 10;

/** @param filler a line, written separately after every chunk that ends a line, for hosts that hold back the last chunk */
export async function pump(body: ReadableStream<Uint8Array>, out: Writable, filler?: string): Promise<Pumped> {
  const reader = body.getReader();
  const leave = () => void reader.cancel().catch(() => undefined);
  out.once("close", leave);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return usable(out) ? { kind: "ended" } : { kind: "left" };
      if (!(await put(out, value))) return { kind: "left" };
      if (filler !== undefined && value.at(-1) === LF) {
        await nextTurn();
        await put(out, filler);
      }
    }
  } catch (error) {
    return { kind: "cut", error };
  } finally {
    out.off("close", leave);
    leave();
  }
}
