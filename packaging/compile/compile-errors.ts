/** Turns errors of the compiler into problems of single files. */
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { isRecord } from "../source-files.ts";
import type { Problem, Sources } from "./sources.ts";

/**
 * Assigns every error to its file, which counts as broken; an error that names none goes to all `files` of the build.
 * @param cwd of the compiler
 */
export function blame(error: unknown, files: readonly string[], sources: Sources, cwd: string): void {
  const found = errorsOf(error).map((one) => toProblem(one, cwd));
  const placed = found.filter((problem) => sources.get(problem.file)?.broken === false);
  for (const problem of placed) sources.report(problem, true);
  if (placed.length > 0) return;
  const message = found[0]?.message ?? String(error);
  for (const file of files) sources.report({ file, message: `The compiler failed: ${message}` }, true);
}

export function isTsconfigError(error: unknown): boolean {
  return errorsOf(error).some((one) => one["code"] === "TSCONFIG_ERROR");
}

/** The compiler's first reason, in one line. */
export function reasonOf(error: unknown): string {
  const [first] = errorsOf(error);
  return first === undefined ? String(error) : wording(first);
}

function errorsOf(error: unknown): Record<string, unknown>[] {
  const several = isRecord(error) ? error["errors"] : undefined;
  return (Array.isArray(several) ? several : [error]).filter(isRecord);
}

function toProblem(error: Record<string, unknown>, cwd: string): Problem {
  const loc = isRecord(error["loc"]) ? error["loc"] : {};
  const file = [loc["file"], error["id"], unloadable(error, cwd)].find((value) => typeof value === "string") ?? "";
  const line = typeof loc["line"] === "number" ? { line: loc["line"] } : {};
  return { file, ...line, message: wording(error) };
}

/** A file that cannot be read, or is no text, is only named in the message. */
function unloadable({ code, message }: Record<string, unknown>, cwd: string): string | undefined {
  const named = code === "UNLOADABLE_DEPENDENCY" ? /Could not load (.+) - /.exec(String(message)) : null;
  return named?.[1] === undefined ? undefined : path.resolve(cwd, stripVTControlCharacters(named[1]));
}

/** The first line, without the compiler's error code and the colors for terminals. */
function wording(error: Record<string, unknown>): string {
  if (error["code"] === "INVALID_TLA_FORMAT") {
    return 'Top-level await needs an ES module: set "type": "module" in the nearest package.json, or name the file .mts.';
  }
  const [first = ""] = stripVTControlCharacters(String(error["message"])).split("\n");
  return first.replace(/^\[[A-Z_]+\] /, "");
}
