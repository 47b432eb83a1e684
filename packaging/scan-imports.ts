/**
 * Finds in a file's syntax tree what a bundler cannot follow: computed imports, files named by URL, dynamic imports to adapt.
 * Must not resolve specifiers nor read other files.
 */
import path from "node:path";
import { isCode, isRecord } from "./source-files.ts";

export interface ImportScan {
  /** Folders whose code may be imported by a name that only exists at run time. */
  folders: Set<string>;
  /** Absolute paths of code files named by `new URL("./x.ts", import.meta.url)` or joined to the file's own folder. */
  named: Set<string>;
  /** Ends of `import(…)` expressions: of a computed name, or with the literal specifier that is given. */
  dynamic: { end: number; specifier?: string }[];
}

/** Only a file that matches can hold anything the scan finds. */
export const WORTH_SCANNING = /\bimport\s*\(|\brequire\s*\(|\bnew\s+URL\s*\(|__dirname|import\.meta\.dirname/;

interface Node {
  type: string;
  end: number;
  [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return isRecord(value) && typeof value["type"] === "string" && typeof value["end"] === "number";
}

/** `program` is the ESTree of `file`. */
export function scanImports(program: unknown, file: string): ImportScan {
  const scan: ImportScan = { folders: new Set(), named: new Set(), dynamic: [] };
  const stack: unknown[] = [program];
  while (stack.length > 0) {
    const value = stack.pop();
    if (isNode(value)) inspect(value, file, scan);
    if (Array.isArray(value)) stack.push(...value);
    else if (isRecord(value)) stack.push(...Object.values(value).filter((child) => typeof child === "object"));
  }
  return scan;
}

function inspect(node: Node, file: string, scan: ImportScan): void {
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
  const joins =
    isMember(node["callee"], "join") || isMember(node["callee"], "resolve") || isNamed(node["callee"], "join");
  if (node.type === "CallExpression" && joins && (isNamed(args[0], "__dirname") || isImportMeta(args[0], "dirname"))) {
    const parts = args.slice(1).map(literal);
    if (parts.every((part) => part !== undefined)) addNamed(parts.join("/"), dir, scan);
  }
}

function addNamed(specifier: string | undefined, dir: string, scan: ImportScan): void {
  if (specifier !== undefined && isCode(specifier) && !/^[a-z]+:/i.test(specifier)) {
    scan.named.add(path.resolve(dir, specifier));
  }
}

/** A known beginning narrows the folder (`./tools/${x}.js`) or shows that a package is meant (`@langchain/${x}`). */
function addFolder(source: unknown, dir: string, scan: ImportScan): void {
  const start = beginning(source);
  if (start === "") scan.folders.add(dir);
  else if (/^\.\.?\//.test(start)) scan.folders.add(path.resolve(dir, start.slice(0, start.lastIndexOf("/") + 1)));
}

/** The text an expression surely begins with. */
function beginning(node: unknown): string {
  const whole = literal(node);
  if (whole !== undefined) return whole;
  if (!isNode(node)) return "";
  if (node.type === "BinaryExpression") return beginning(node["left"]);
  const first: unknown =
    node.type === "TemplateLiteral" && Array.isArray(node["quasis"]) ? node["quasis"][0] : undefined;
  return cooked(first) ?? "";
}

/** The value of a string or of a template without holes. */
function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : undefined;
  const quasis = node["quasis"];
  return node.type === "TemplateLiteral" && Array.isArray(quasis) && quasis.length === 1
    ? cooked(quasis[0])
    : undefined;
}

function cooked(quasi: unknown): string | undefined {
  const value = isRecord(quasi) ? quasi["value"] : undefined;
  return isRecord(value) && typeof value["cooked"] === "string" ? value["cooked"] : undefined;
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "Identifier" && node["name"] === name;
}

function isMember(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "MemberExpression" && isNamed(node["property"], name);
}

function isImportMeta(node: unknown, name: string): boolean {
  if (!isNode(node) || !isMember(node, name)) return false;
  const object = node["object"];
  return isNode(object) && object.type === "MetaProperty";
}
