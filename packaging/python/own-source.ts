/** What the source of a project's modules says, by its text: imports and variables. Tests do not count, since nothing serves them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pythonModules } from "../mirror/python-modules.ts";
import { ifThere } from "../mirror/source-folders.ts";
import { keysOf, providerPackage } from "../preflight/providers.ts";

const IMPORT = /^\s*(?:from|import)\s+([A-Za-z_]\w*)/gm;
const OF_TESTS = /(?:^|\/)(?:tests?\/|test_[^/]*$|[^/]*_test\.py$|conftest\.py$)/;
/** `os.environ["X"]` raises where it is not set. */
const NEEDED = /\benviron\[\s*["'](\w+)["']\s*\](?!\s*=[^=])/g;
const WANTED = /\b(?:environ\.get|getenv)\(\s*["'](\w+)["']/g;
/** "openai:gpt-5"; some projects write a slash. */
const MODEL = /["']([a-z_-]+)[:/]([\w.-]+)["']/g;
const LANGCHAIN = "langchain_";

export interface VariableUse {
  name: string;
  /** The code may do without. */
  optional: boolean;
  /** Absolute. */
  file: string;
}

/** Names at the top: `langchain_openai`. */
export const ownImports = (dirs: readonly string[]): Set<string> =>
  new Set(modulesOf(dirs).flatMap(({ text }) => firstGroups(text, IMPORT)));

/** Those that the code reads, and the keys of the models that it names. */
export function ownVariables(dirs: readonly string[]): VariableUse[] {
  return modulesOf(dirs).flatMap(({ file, text }) => {
    const imported = firstGroups(text, IMPORT).filter((name) => name.startsWith(LANGCHAIN));
    const clients = imported.map((name) => `@langchain/${name.slice(LANGCHAIN.length).replaceAll("_", "-")}`);
    const models = [...text.matchAll(MODEL)].flatMap(
      ([, by = "", model = ""]) => providerPackage(`${by}:${model}`) ?? [],
    );
    const keys = [...clients, ...models].flatMap(keysOf);
    return [
      ...firstGroups(text, NEEDED).map((name) => ({ name, optional: false, file })),
      ...[...firstGroups(text, WANTED), ...keys].map((name) => ({ name, optional: true, file })),
    ];
  });
}

function modulesOf(dirs: readonly string[]): { file: string; text: string }[] {
  const isTest = (file: string): boolean => dirs.some((dir) => OF_TESTS.test(path.relative(dir, file)));
  const files = pythonModules(dirs).files.filter((file) => !isTest(file));
  return files.flatMap((file) => ifThere(() => [{ file, text: readFileSync(file, "utf8") }]) ?? []);
}

const firstGroups = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, group]) => group ?? []);
