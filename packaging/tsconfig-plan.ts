/**
 * Decides which tsconfig the compiler uses for a file. The compiler finds it by itself, but refuses one that extends what is not
 * installed (7 of 12 real projects, as `@tsconfig/recommended` is a devDependency): then it gets the part that can be read.
 * Must not compile; understands only the options that change compiled code or resolution.
 */
import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findInstalled, foldersUp, isFile, isRecord, readJsonObject } from "./source-files.ts";

interface Merged {
  options: Record<string, unknown>;
  complete: boolean;
}

const RELEVANT = [
  "jsx",
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

export class TsconfigPlan {
  readonly #scratch: string;
  readonly #byFolder = new Map<string, true | string>();
  readonly #files = new Map<string, true | string>();
  readonly #written: string[] = [];
  #distrusted = false;

  /** `scratch` is a folder for merged files; `clean` removes them. */
  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  /** `true`: let the compiler find the tsconfig. Else the path of a merged one. */
  optionFor(file: string): true | string {
    const dir = path.dirname(file);
    const known = this.#byFolder.get(dir);
    if (known !== undefined) return known;
    const option = this.#decide(
      foldersUp(dir)
        .map((at) => path.join(at, "tsconfig.json"))
        .find(isFile),
    );
    this.#byFolder.set(dir, option);
    return option;
  }

  /** The compiler refused a tsconfig that looked fine: from now on every file gets a merged one. False if that was so before. */
  distrust(): boolean {
    if (this.#distrusted) return false;
    this.#distrusted = true;
    this.#byFolder.clear();
    this.#files.clear();
    return true;
  }

  clean(): void {
    for (const file of this.#written) rmSync(file, { force: true });
  }

  #decide(tsconfig: string | undefined): true | string {
    if (tsconfig === undefined) return true;
    const known = this.#files.get(tsconfig);
    if (known !== undefined) return known;
    const merged = merge(tsconfig, new Set());
    const option = merged.complete && !this.#distrusted ? true : this.#write(merged.options);
    this.#files.set(tsconfig, option);
    return option;
  }

  #write(compilerOptions: Record<string, unknown>): string {
    const file = path.join(this.#scratch, `.tsconfig-${this.#written.length}.json`);
    mkdirSync(this.#scratch, { recursive: true });
    writeFileSync(file, JSON.stringify({ compilerOptions, include: [`${path.parse(file).root}**/*`] }));
    this.#written.push(file);
    return file;
  }
}

/** The options of a tsconfig and of what it extends, paths absolute; `complete` is false if a part could not be read. */
function merge(file: string, seen: Set<string>): Merged {
  if (seen.has(file)) return { options: {}, complete: false };
  const raw = readJsonObject(file);
  if (raw === undefined) return { options: {}, complete: false };
  const parents = [raw["extends"]].flat().filter((name) => typeof name === "string");
  const merged: Merged = { options: {}, complete: true };
  for (const name of parents) {
    const target = findExtended(name, path.dirname(file));
    const parent = target === undefined ? undefined : merge(target, new Set([...seen, file]));
    Object.assign(merged.options, parent?.options);
    merged.complete &&= parent?.complete ?? false;
  }
  Object.assign(merged.options, ownOptions(raw["compilerOptions"], path.dirname(file), merged.options["baseUrl"]));
  return merged;
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
