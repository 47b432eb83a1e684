/**
 * Says why an import leads nowhere, with the way out: a file that is not there, a package that is not installed, a workspace
 * package that was not built. Must not guess: what Node might still resolve at run time is no problem here.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { findInstalled } from "../source-files.ts";
import type { Problem } from "./sources.ts";

/** `specifier` is a static import of `importer` that the compiler could not resolve. */
export function explainMissing(specifier: string, importer: string): Problem | undefined {
  const found = explain(specifier, importer);
  return found && { file: importer, ...lineOf(specifier, importer), ...found };
}

function explain(specifier: string, importer: string): Pick<Problem, "message" | "unbuilt"> | undefined {
  if (specifier.startsWith(".") || path.isAbsolute(specifier))
    return { message: `imports "${specifier}", which does not exist.` };
  if (specifier.startsWith("#"))
    return { message: `imports "${specifier}", which "imports" of its package.json does not lead to a file.` };
  const name = /^(?:@[^/]+\/)?[^/:]+(?=\/|$)/.exec(specifier)?.[0];
  if (name === undefined) return undefined;
  const installed = findInstalled(name, path.dirname(importer));
  if (installed === undefined) {
    const neither = "neither an installed package (npm install?) nor a path of tsconfig.json";
    return { message: `imports "${specifier}", which is ${neither}.` };
  }
  if (installed.real.split(path.sep).includes("node_modules")) return undefined;
  const message =
    `imports "${specifier}", but the workspace package ${name} has no such file: build it first ` +
    `(for example: npm run build in ${installed.real}).`;
  return { message, unbuilt: installed.real };
}

function lineOf(specifier: string, importer: string): { line?: number } {
  const text = readFileSync(importer, "utf8");
  const at = [`"${specifier}"`, `'${specifier}'`].map((quoted) => text.indexOf(quoted)).find((index) => index >= 0);
  return at === undefined ? {} : { line: text.slice(0, at).split("\n").length };
}
