/** Imports modules of the project, and tells their format. */
import { readFileSync, realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { pathToFileURL } from "node:url";
import { isObject } from "../langgraph.ts";
import { currentUrl } from "./renew-modules.ts";

export type ModuleFormat = "esm" | "cjs";

/**
 * Exports by name. Node may not detect all names of a CommonJS module, so those of its `default` are used, too. The same holds for an ES
 * module whose default is a plain object: it may be compiled to CommonJS.
 */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  const exports: Record<string, unknown> = await import(currentUrl(urlOf(file)));
  const whole = exports["default"];
  if (!isObject(whole)) return exports;
  if (formatOf(file) === "esm")
    return Object.getPrototypeOf(whole) === Object.prototype ? { ...whole, ...exports } : exports;
  return whole["__esModule"] === true ? { ...whole } : { ...whole, default: whole };
}

export const urlOf = (file: string): string => pathToFileURL(realpathSync(file)).href;

/** Which copy of a package a module uses. Where the suffix does not tell, the nearest package.json does. */
export function formatOf(file: string): ModuleFormat {
  if (/\.m[jt]s$/.test(file)) return "esm";
  if (/\.c[jt]s$/.test(file)) return "cjs";
  const packageFile = findPackageJSON(pathToFileURL(file));
  if (packageFile === undefined) return "cjs";
  const content: unknown = JSON.parse(readFileSync(packageFile, "utf8"));
  return isObject(content) && content["type"] === "module" ? "esm" : "cjs";
}
