/**
 * Finds what an installed package imports without declaring it: generated packages (`.prisma/client`), hoisted ones. Imports inside `try`
 * are left out, because the package can do without them.
 */
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { parseSync } from "rolldown/utils";
import { findInstalled, isCode, isInside, isRecord, packageName } from "../source-files.ts";
import { isNamed, literal, nodesOf, type SyntaxNode } from "../syntax-tree.ts";
import { listFiles } from "./list-files.ts";

/** The package that imports: its folder without links, and its package.json. */
interface Importing {
  dir: string;
  name: string;
  manifest: Readonly<Record<string, unknown>>;
}

/** A specifier of a package, in code or in a comment: the parser is asked only about files in which one matters. */
const SPECIFIER =
  /(?:\brequire(?:\.resolve)?\s*\(|\bfrom\b|\bimport\b\s*\(?)\s*(["'])(?!\.{0,2}\/|\.{1,2}["'])([\w@.][^"'\s:\\]*)\1/g;
/** A package's own tests and builds use its devDependencies. */
const DECLARING = [
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "devDependencies",
];

/** @returns real folders of the packages, by name */
export function undeclaredImports(importing: Importing): Map<string, string> {
  const found = new Map<string, string>();
  const known = new Map<string, string | undefined>();
  for (const { source } of listFiles(importing)) {
    if (!isCode(source)) continue;
    const code = readFileSync(source, "utf8");
    const wanted = new Set<string>();
    for (const [, , specifier = ""] of code.matchAll(SPECIFIER)) {
      const name = packageName(specifier);
      if (!known.has(name)) known.set(name, locate(name, source, importing));
      if (known.get(name) !== undefined && !found.has(name)) wanted.add(name);
    }
    if (wanted.size === 0) continue;
    for (const name of importsOf(source, code)) {
      const real = wanted.has(name) ? known.get(name) : undefined;
      if (real !== undefined) found.set(name, real);
    }
  }
  return found;
}

function locate(name: string, file: string, { dir, name: own, manifest }: Importing): string | undefined {
  if (name === own || name.startsWith("@types/") || isBuiltin(name)) return undefined;
  if (DECLARING.some((field) => isRecord(manifest[field]) && Object.hasOwn(manifest[field], name))) return undefined;
  const real = findInstalled(name, path.dirname(file))?.real;
  return real === undefined || isInside(dir, real) ? undefined : real;
}

/** The packages that a file imports outside of `try`. */
function importsOf(file: string, code: string): Set<string> {
  const parents = new Map<SyntaxNode, SyntaxNode>();
  const nodes = [...nodesOf(parseSync(file, code).program, parents)];
  const isTried = (node: SyntaxNode): boolean => {
    for (let at = node, above = parents.get(at); above; at = above, above = parents.get(at))
      if (above.type === "TryStatement" && above["block"] === at && above["handler"] !== null) return true;
    return false;
  };
  return new Set(
    nodes.flatMap((node) => {
      const specifier = specifierOf(node);
      return specifier === undefined || isTried(node) ? [] : packageName(specifier);
    }),
  );
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ImportExpression":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      return literal(node["source"]);
    case "CallExpression": {
      const callee = node["callee"];
      const isRequire = isNamed(callee, "require") || (isRecord(callee) && isNamed(callee["object"], "require"));
      return isRequire && Array.isArray(node["arguments"]) ? literal(node["arguments"][0]) : undefined;
    }
    default:
      return undefined;
  }
}
