/** What is in a folder of installed packages: its packages with their sizes, and what nobody needs on Lambda. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { isFile, isFolder } from "../source-files.ts";
import { isInstallers } from "./installer-files.ts";

export interface PythonPackage {
  name: string;
  version: string;
  /** With its byte code. */
  bytes: number;
}

const METADATA = ".dist-info";
const TEST_FOLDER = /^tests?$/;
const TEST_FILE = /^(?:test_.*|.*_test|conftest)\.py$/;

/** The largest first. */
export function packagesIn(folder: string): PythonPackage[] {
  const found = readdirSync(folder).filter((name) => name.endsWith(METADATA));
  const packages = found.map((info) => {
    const [name = "", version = ""] = info.slice(0, -METADATA.length).split("-");
    return { name: name.replaceAll("_", "-"), version, bytes: sizeOf(folder, path.join(folder, info, "RECORD")) };
  });
  return packages.toSorted((a, b) => b.bytes - a.bytes);
}

/** Bytes of the files that a RECORD lists, with their byte code. */
function sizeOf(folder: string, record: string): number {
  if (!isFile(record)) return 0;
  const listed = readFileSync(record, "utf8").split("\n").filter(Boolean);
  const files = listed.map((line) => path.join(folder, line.replaceAll(/^"|"?,[^,]*,[^,]*$/g, "")));
  const sizes = files
    .flatMap((file) => [file, ...codeOf(file)])
    .map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

function codeOf(file: string): string[] {
  if (!file.endsWith(".py")) return [];
  const cache = path.join(path.dirname(file), "__pycache__");
  const stem = `${path.basename(file, ".py")}.cpython-`;
  return existsSync(cache)
    ? readdirSync(cache)
        .filter((name) => name.startsWith(stem))
        .map((name) => path.join(cache, name))
    : [];
}

/** Removes tests, programs, and what installers leave. A folder named tests without a test may be code. */
export function pruneEnvironment(folder: string): void {
  rmSync(path.join(folder, "bin"), { recursive: true, force: true });
  const visit = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const here = path.join(at, entry.name);
      if (!entry.isDirectory()) {
        const isUnwanted = at.endsWith(METADATA) && isInstallers(entry.name);
        if (isUnwanted || entry.name === ".lock") rmSync(here);
      } else if (entry.name === "__pycache__" || (TEST_FOLDER.test(entry.name) && hasTests(here))) {
        rmSync(here, { recursive: true });
      } else visit(here);
    }
  };
  visit(folder);
}

function hasTests(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some(
    (entry) =>
      TEST_FILE.test(entry.name) ||
      (entry.isDirectory() && isFolder(path.join(folder, entry.name)) && hasTests(path.join(folder, entry.name))),
  );
}
