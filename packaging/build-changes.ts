/** Compares two builds of a project. */
import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ProjectBuild } from "./compile-project.ts";
import { ifThere } from "./mirror/source-folders.ts";

export type Built = Pick<ProjectBuild, "fingerprint" | "stamps" | "out" | "base">;

/** Absolute paths of the project's files that have changed, are new or are gone. */
export function changedFiles(before: Built, after: Built): string[] {
  const files = new Set([...before.stamps.keys(), ...after.stamps.keys()]);
  return [...files].filter(
    (file) => before.stamps.get(file) !== after.stamps.get(file) && !isSavedAgain(file, before, after),
  );
}

export const isSameBuild = (before: Built, after: Built): boolean =>
  before.fingerprint === after.fingerprint && changedFiles(before, after).length === 0;

/** Whether the file was saved with the same content. */
function isSavedAgain(file: string, before: Built, after: Built): boolean {
  const [known, now] = [copyIn(before, file), copyIn(after, file)];
  const isSource = [before, after].some(({ stamps }) => stamps.get(file)?.includes(" compiled ") === true);
  return !isSource && known !== undefined && now !== undefined && known.equals(now);
}

/** Undefined where the mirror has a link, which shows the file as it is now. */
function copyIn({ out, base }: Built, file: string): Buffer | undefined {
  const copy = path.join(out, path.relative(base, file));
  return ifThere(() => (lstatSync(copy).isFile() ? readFileSync(copy) : undefined));
}
