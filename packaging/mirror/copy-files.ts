/** Copies a project's own files into its mirror, each under its path in the project. */
import { createHash } from "node:crypto";
import { constants, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ASSET_BYTES, ASSETS_BYTES } from "../limits.ts";
import type { OwnFile } from "./own-files.ts";
import { ifThere, isWrittenByGraphs } from "./source-folders.ts";

export interface CopyOptions {
  out: string;
  base: string;
  files: readonly OwnFile[];
  /** Content of the compiled source files, by absolute path. */
  sources: ReadonlyMap<string, Buffer>;
  /** Whether very large files may be links to the source. */
  links: boolean;
}

/** @returns a stamp of the content by file, without files that graphs write */
export function copyFiles({ out, base, files, sources, links }: CopyOptions): Map<string, string> {
  const stamps = new Map<string, string>();
  const folders = new Set<string>();
  let sum = 0;
  for (const { file, bytes, changedAt } of files) {
    const to = path.join(out, path.relative(base, file));
    const folder = path.dirname(to);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    const source = sources.get(file);
    ifThere(() => {
      if (links && (bytes > ASSET_BYTES || sum + bytes > ASSETS_BYTES)) {
        rmSync(to, { force: true });
        symlinkSync(file, to);
      } else {
        if (source) writeFileSync(to, source);
        else copyFileSync(file, to, constants.COPYFILE_FICLONE);
        sum += bytes;
      }
      // A source that was saved again without a change keeps its stamp.
      if (source) stamps.set(file, createHash("sha256").update(source).digest("hex"));
      else if (!isWrittenByGraphs(file)) stamps.set(file, `${bytes} ${changedAt}`);
    });
  }
  return stamps;
}
