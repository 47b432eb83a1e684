/** What a project's modules import, by the names at the top. Tests do not count: nothing serves them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pythonModules } from "../mirror/python-modules.ts";
import { ifThere } from "../mirror/source-folders.ts";

const IMPORT = /^\s*(?:from|import)\s+([A-Za-z_]\w*)/gm;
const OF_TESTS = /(?:^|\/)(?:tests?\/|test_[^/]*$|[^/]*_test\.py$|conftest\.py$)/;

export function ownImports(dirs: readonly string[]): Set<string> {
  const isTest = (file: string): boolean => dirs.some((dir) => OF_TESTS.test(path.relative(dir, file)));
  const files = pythonModules(dirs).files.filter((file) => !isTest(file));
  const texts = files.flatMap((file) => ifThere(() => readFileSync(file, "utf8")) ?? []);
  return new Set(texts.flatMap((text) => [...text.matchAll(IMPORT)].flatMap(([, name]) => name ?? [])));
}
