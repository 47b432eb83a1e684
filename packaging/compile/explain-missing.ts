/**
 * Says why an import cannot be resolved, and what to do: a file that does not exist, a package that is not installed, a workspace package
 * that is not built. What Node might still resolve at run time is not reported.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { packageManagerOf } from "../package-manager.ts";
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
  const packageManager = packageManagerOf(path.dirname(importer));
  const installed = findInstalled(name, path.dirname(importer));
  if (installed === undefined) {
    const neither = `neither an installed package (${packageManager.install}?) nor a path of tsconfig.json`;
    return { message: `imports "${specifier}", which is ${neither}.` };
  }
  if (installed.real.split(path.sep).includes("node_modules")) return undefined;
  const message =
    `imports "${specifier}", but the workspace package ${name} has no such file: build it first ` +
    `(for example: ${packageManager.run} build in ${installed.real}).`;
  return { message, unbuilt: installed.real };
}

function lineOf(specifier: string, importer: string): { line?: number } {
  const text = readFileSync(importer, "utf8");
  const at = [`"${specifier}"`, `'${specifier}'`].map((quoted) => text.indexOf(quoted)).find((index) => index >= 0);
  return at === undefined ? {} : { line: text.slice(0, at).split("\n").length };
}
