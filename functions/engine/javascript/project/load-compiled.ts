/**
 * Gives Node the compiled text of a project's source file when it loads that file. Graphs see the project's own files; what runs is the
 * compiled text (design 7).
 */
import { readFileSync } from "node:fs";
import type { LoadFnOutput, LoadHookContext } from "node:module";
import { fileURLToPath } from "node:url";
import { COMPILED } from "../../../protocol/compiled.ts";
import { projectOf } from "./hooked-projects.ts";

type NextLoad = (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput;

/** Compiled text is at the path of its source plus this suffix. */
const FORMATS = [
  [".mjs", "module"],
  [".cjs", "commonjs"],
] as const;

export function loadCompiled(url: string, context: LoadHookContext, next: NextLoad): LoadFnOutput {
  const compiled = compiledOf(/^[^?#]*/.exec(url)?.[0] ?? url);
  if (compiled === undefined) return next(url, context);
  for (const [suffix, format] of FORMATS) {
    const source = textOf(compiled + suffix);
    if (source !== undefined) return { source, format, shortCircuit: true };
  }
  return next(url, context);
}

/** Files that are not in the mirror are read from the source folder. */
function compiledOf(url: string): string | undefined {
  const project = projectOf(url);
  if (project === undefined) return undefined;
  const { mirror, source } = project;
  const folder = source !== undefined && !url.startsWith(mirror) ? source : mirror;
  return `${mirror}${COMPILED}/${url.slice(folder.length)}`;
}

function textOf(url: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(url), "utf8");
  } catch {
    return undefined;
  }
}
