/**
 * Which tests cannot run where this machine has no DynamoDB emulator: those that start one, or a server that brings one, by what they
 * import. With TEST_DYNAMODB_ENDPOINT they use that instead, but for those that look after the emulator itself.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { findBinary } from "../../local/dynamodb.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EMULATOR = join(ROOT, "local/dynamodb.ts");
/** They take the endpoint in place of an emulator. */
const TAKE_ENDPOINT = ["test/support/dynamodb.ts", "test/support/server.ts"].map((file) => join(ROOT, file));

export interface Skipped {
  files: string[];
  /** Undefined where nothing is skipped. */
  reason?: string;
}

export function skippedHere(endpoint = process.env["TEST_DYNAMODB_ENDPOINT"], hasEmulator = isHere()): Skipped {
  if (hasEmulator) return { files: [] };
  const all = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const tests = all.filter((file) => file.endsWith(".test.ts")).map((file) => join(ROOT, "test", file));
  const needs = (file: string): boolean => {
    const imported = importsOf(file, endpoint === undefined ? [] : TAKE_ENDPOINT);
    return imported.has(EMULATOR) || (endpoint === undefined && TAKE_ENDPOINT.some((taker) => imported.has(taker)));
  };
  const files = tests.filter(needs).map((file) => relative(ROOT, file));
  const ways =
    endpoint === undefined ? "put `dynoxide` on PATH, or set TEST_DYNAMODB_ENDPOINT" : "put `dynoxide` on PATH";
  return { files, reason: `${files.length} test files are skipped: there is no DynamoDB emulator here; ${ways}.` };
}

function isHere(): boolean {
  try {
    return findBinary() !== "";
  } catch {
    return false;
  }
}

/** All files of ours that it imports, by others too; what `but` imports does not count. */
function importsOf(file: string, but: readonly string[], seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  if (but.includes(file)) return seen;
  for (const [, from = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export|\}) .*?"(\.[^"]+\.ts)";$/gm))
    importsOf(join(dirname(file), from), but, seen);
  return seen;
}
