/**
 * Gives Node the compiled text of a project's source file when it loads that file: what a graph reads, lists or names is the project's own
 * file, and what runs is what was compiled of it (design 8). Must not resolve specifiers.
 */
import { readFileSync } from "node:fs";
import type { LoadFnOutput, LoadHookContext } from "node:module";
import { fileURLToPath } from "node:url";
import { COMPILED } from "../protocol/compiled.ts";
import { projectOf } from "./hooked-projects.ts";

type NextLoad = (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput;

/** Of the compiled text, which lies at the path of its source and this suffix. */
const FORMATS = [
  [".mjs", "module"],
  [".cjs", "commonjs"],
] as const;

export function loadCompiled(url: string, context: LoadHookContext, next: NextLoad): LoadFnOutput {
  const project = projectOf(url);
  if (project === undefined) return next(url, context);
  const [whole = url] = /^[^?#]*/.exec(url) ?? [];
  const compiled = `${project.mirror}${COMPILED}/${whole.slice(project.mirror.length)}`;
  for (const [suffix, format] of FORMATS) {
    const source = textOf(compiled + suffix);
    if (source !== undefined) return { source, format, shortCircuit: true };
  }
  return next(url, context);
}

function textOf(url: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(url), "utf8");
  } catch {
    return undefined;
  }
}
