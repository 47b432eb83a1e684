/**
 * Finds what a bundler cannot follow in the syntax tree of a file: computed imports, files named by URL, dynamic imports that must be
 * changed.
 */
import path from "node:path";
import { isCode } from "../source-files.ts";
import {
  beginning,
  isImportMeta,
  isMember,
  isNamed,
  isNode,
  literal,
  nodesOf,
  type SyntaxNode,
} from "../syntax-tree.ts";

export interface ImportScan {
  /** Folders whose code may be imported, or started as a thread, by a name that only exists at run time. */
  folders: Set<string>;
  /** Beginnings of computed specifiers that are no paths: "@/tools/". */
  beginnings: Set<string>;
  /** All strings of a file with an import of an unknown name, which may be one of them. */
  strings: Set<string>;
  /** Absolute paths of code files named by `new URL("./x.ts", import.meta.url)` or joined to the file's own folder. */
  named: Set<string>;
  /** Ends of `import(…)` expressions: of a computed name, or with the literal specifier that is given. */
  dynamic: { end: number; specifier?: string }[];
}

/** Only a file that matches can contain what the scan finds. */
export const WORTH_SCANNING =
  /\bimport\s*\(|\brequire\s*\(|\bnew\s+URL\s*\(|__dirname|import\.meta\.dirname|\bWorker\s*\(|\bfork\s*\(/;

/** `program` is the ESTree of `file`. */
export function scanImports(program: unknown, file: string): ImportScan {
  const scan = emptyScan();
  const nodes = [...nodesOf(program)];
  for (const node of nodes) inspect(node, file, scan);
  if (scan.folders.has(path.dirname(file))) for (const node of nodes) addString(node, scan);
  return scan;
}

const emptyScan = (): ImportScan => ({
  folders: new Set(),
  beginnings: new Set(),
  strings: new Set(),
  named: new Set(),
  dynamic: [],
});

function inspect(node: SyntaxNode, file: string, scan: ImportScan): void {
  const dir = path.dirname(file);
  if (node.type === "ImportExpression") {
    const specifier = literal(node["source"]);
    scan.dynamic.push({ end: node.end, ...(specifier === undefined ? {} : { specifier }) });
    if (specifier === undefined) addFolder(node["source"], dir, scan);
  }
  const args = Array.isArray(node["arguments"]) ? node["arguments"] : [];
  if (node.type === "CallExpression" && isNamed(node["callee"], "require") && args.length === 1) {
    if (literal(args[0]) === undefined) addFolder(args[0], dir, scan);
  }
  if (node.type === "NewExpression" && isNamed(node["callee"], "URL") && isImportMeta(args[1], "url")) {
    addNamed(literal(args[0]), dir, scan);
  }
  const starts = node.type === "NewExpression" ? "Worker" : node.type === "CallExpression" ? "fork" : undefined;
  if (starts !== undefined && (isNamed(node["callee"], starts) || isMember(node["callee"], starts))) {
    if (!namesFile(args[0], dir)) scan.folders.add(dir);
  }
  const joins =
    isMember(node["callee"], "join") || isMember(node["callee"], "resolve") || isNamed(node["callee"], "join");
  if (node.type === "CallExpression" && joins && (isNamed(args[0], "__dirname") || isImportMeta(args[0], "dirname"))) {
    const parts = args.slice(1).map(literal);
    if (parts.every((part) => part !== undefined)) addNamed(parts.join("/"), dir, scan);
  }
}

/** Whether a thread or process is started by a name that is found without running anything. */
function namesFile(node: unknown, dir: string): boolean {
  const found = emptyScan();
  if (isNode(node)) inspect(node, path.join(dir, "starter"), found);
  return found.named.size > 0;
}

function addNamed(specifier: string | undefined, dir: string, scan: ImportScan): void {
  if (specifier !== undefined && isCode(specifier) && !/^[a-z]+:/i.test(specifier)) {
    scan.named.add(path.resolve(dir, specifier));
  }
}

/** Adds a string that may be a specifier or the beginning of one. */
function addString(node: SyntaxNode, scan: ImportScan): void {
  const start = beginning(node);
  if (/^[^\s:]+\/[^\s:]*$/.test(start)) scan.strings.add(start);
}

/** A known beginning limits the folder (`./tools/${x}.js`) or is an alias (`@/tools/${x}`). Packages are not compiled. */
function addFolder(source: unknown, dir: string, scan: ImportScan): void {
  const start = beginning(source);
  if (start === "") scan.folders.add(dir);
  else if (/^\.\.?\//.test(start)) scan.folders.add(path.resolve(dir, start.slice(0, start.lastIndexOf("/") + 1)));
  else scan.beginnings.add(start);
}
