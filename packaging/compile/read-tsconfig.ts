/**
 * Reads the options that change compiled code or resolution from a tsconfig and all that it extends or refers to. A part that is not
 * installed is left out, where the compiler refuses the whole file.
 */
import { realpathSync } from "node:fs";
import path from "node:path";
import { findInstalled, isFile, isRecord, readJsonObject } from "../source-files.ts";

export interface Merged {
  /** Paths in it are absolute. */
  options: Readonly<Record<string, unknown>>;
  /** False if a part could not be read. */
  complete: boolean;
  /** Extended files that do not exist, directly or not. */
  absent: readonly string[];
}

const RELEVANT = [
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
  "experimentalDecorators",
  "emitDecoratorMetadata",
  "useDefineForClassFields",
  "verbatimModuleSyntax",
  "importsNotUsedAsValues",
  "preserveValueImports",
  "baseUrl",
  "paths",
];

/** A tsconfig that only refers to others (Vite's) has their options; those of the first one override the others. */
export function readTsconfig(file: string): Merged {
  const own = merge(file, new Set());
  const list = readJsonObject(file)?.["references"];
  const places = (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
    const to = isRecord(one) && typeof one["path"] === "string" ? path.resolve(path.dirname(file), one["path"]) : "";
    return [to, path.join(to, "tsconfig.json")].find(isFile) ?? [];
  });
  const referred = places.map((place) => merge(place, new Set([file])).options);
  return { ...own, options: Object.assign({}, ...referred.toReversed(), own.options) };
}

const UNREADABLE: Merged = { options: {}, complete: false, absent: [] };

function merge(file: string, seen: Set<string>): Merged {
  if (seen.has(file)) return UNREADABLE;
  const raw = readJsonObject(file);
  if (raw === undefined) return UNREADABLE;
  const options: Record<string, unknown> = {};
  const absent: string[] = [];
  let complete = true;
  for (const name of [raw["extends"]].flat().filter((one) => typeof one === "string")) {
    const target = findExtended(name, path.dirname(file));
    const parent = target === undefined ? undefined : merge(target, new Set([...seen, file]));
    Object.assign(options, parent?.options);
    absent.push(...(parent?.absent ?? [name]));
    complete &&= parent?.complete ?? false;
  }
  Object.assign(options, ownOptions(raw["compilerOptions"], path.dirname(file), options["baseUrl"]));
  return { options, complete, absent };
}

function ownOptions(raw: unknown, dir: string, inheritedBase: unknown): Record<string, unknown> {
  if (!isRecord(raw)) return {};
  const options = Object.fromEntries(RELEVANT.filter((name) => name in raw).map((name) => [name, raw[name]]));
  const base = typeof raw["baseUrl"] === "string" ? path.resolve(dir, raw["baseUrl"]) : inheritedBase;
  const from = typeof base === "string" ? base : dir;
  if (typeof base === "string") options["baseUrl"] = base;
  if (isRecord(raw["paths"])) {
    const absolute = (to: unknown): unknown => (typeof to === "string" ? path.resolve(from, to) : to);
    options["paths"] = Object.fromEntries(
      Object.entries(raw["paths"]).map(([key, to]) => [key, Array.isArray(to) ? to.map(absolute) : to]),
    );
  }
  return options;
}

/** TypeScript's rule for `extends`: a path, or a file of an installed package, `tsconfig.json` if none is named. */
function findExtended(name: string, dir: string): string | undefined {
  if (name.startsWith(".") || path.isAbsolute(name)) return asFile(path.resolve(dir, name));
  const [, packageName, rest] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(name) ?? [];
  const installed = packageName === undefined ? undefined : findInstalled(packageName, dir);
  if (installed === undefined) return undefined;
  const named = readJsonObject(path.join(installed.real, "package.json"))?.["tsconfig"];
  const inside = rest ?? (typeof named === "string" ? named : "tsconfig.json");
  const file = asFile(path.join(installed.real, inside)) ?? asFile(path.join(installed.real, inside, "tsconfig.json"));
  return file === undefined ? undefined : realpathSync(file);
}

function asFile(wanted: string): string | undefined {
  return [wanted, `${wanted}.json`].find(isFile);
}
