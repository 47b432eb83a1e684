/**
 * Finds folders and files that strings of source files may name. A coincidence brings a folder too many. A name that is made at run time is
 * not found.
 */
import path from "node:path";
import { isInside } from "../source-files.ts";

/** From a quote to the next one, or to an expression in a template. A stray quote affects the rest of its line only. */
const TEXT = /["'`]([\w@.~ /\\-]{1,300})(?=["'`$])/g;

export class NamedPaths {
  /** Every part of every path-like string. */
  readonly #parts = new Set<string>();
  /** Absolute paths, resolved from the file and from the working directory. */
  readonly #paths = new Set<string>();

  /** @param sources content by absolute path */
  constructor(sources: ReadonlyMap<string, Buffer>, workingDirectory: string) {
    for (const [file, content] of sources) {
      for (const [, text = ""] of content.toString().matchAll(TEXT)) {
        const parts = text.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..");
        for (const part of parts) this.#parts.add(part);
        if (!text.includes("/")) continue;
        for (const from of [path.dirname(file), workingDirectory]) this.#paths.add(path.resolve(from, text));
      }
    }
  }

  /** Whether a file or folder of that name may be meant. */
  hasName(name: string): boolean {
    return this.#parts.has(name);
  }

  /** Whether a named path is the file or folder, or is below it. */
  leadInto(at: string): boolean {
    for (const named of this.#paths) if (isInside(at, named)) return true;
    return false;
  }
}
