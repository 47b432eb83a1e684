/**
 * Finds calls that write to the disk outside of /tmp, where Lambda's disk is read-only. Values are followed to a variable's initial value;
 * what is uncertain is reported.
 */
import { isNamed, isNode, literal, nameOf, type SyntaxNode } from "../syntax-tree.ts";

export interface Write {
  /** The call as it is written, without its further arguments. */
  what: string;
  at: number;
}

const FILES = /^(?:node:)?fs(?:\/promises)?$|^(?:fs-extra|graceful-fs)$/;
const WRITES =
  /^(?:(?:writeFile|appendFile|mkdir|mkdtemp|truncate|rm|unlink|outputFile|outputJson|ensureDir|ensureFile|writeJson)(?:Sync)?|createWriteStream)$/;
/** They write if their flags say so, which stand second. */
const OPENS = /^open(?:Sync)?$/;
const WRITING = /^["'`][wa]|^["'`]r\+/;
/** The second argument is what they write. */
const COPIES = /^(?:copyFile|rename|symlink|link|cp|copy|move)(?:Sync)?$/;
const TEMPORARY = /\btmpdir\s*\(|["'`]\/tmp\b|\bTMPDIR\b/;
const SHOWN = 60;

export function writesOf(nodes: readonly SyntaxNode[], code: string): Write[] {
  const files = new Set(nodes.flatMap(fileModules));
  if (files.size === 0) return [];
  const textOf = (node: unknown): string => (isNode(node) ? code.slice(node.start, node.end) : "");
  const temporary = nodes
    .filter((node) => node.type === "VariableDeclarator" && TEMPORARY.test(textOf(node["init"])))
    .flatMap((node) => nameOf(node["id"]) ?? []);
  return nodes.flatMap((node) => {
    if (node.type !== "CallExpression" || !Array.isArray(node["arguments"])) return [];
    const name = nameOf(node["callee"]) ?? "";
    const isOpened = OPENS.test(name) && WRITING.test(textOf(node["arguments"][1]));
    if (!(WRITES.test(name) || COPIES.test(name) || isOpened) || !files.has(rootOf(node["callee"]))) return [];
    const target = textOf(node["arguments"][COPIES.test(name) ? 1 : 0]);
    if (TEMPORARY.test(target) || temporary.some((known) => new RegExp(`\\b${known}\\b`).test(target))) return [];
    return [{ what: `${name}(${target.length > SHOWN ? `${target.slice(0, SHOWN)}…` : target})`, at: node.start }];
  });
}

/** The names under which a file has the file system: its functions, or the module. */
function fileModules(node: SyntaxNode): string[] {
  if (node.type === "ImportDeclaration" && FILES.test(literal(node["source"]) ?? "")) {
    const specifiers = Array.isArray(node["specifiers"]) ? node["specifiers"].filter(isNode) : [];
    return specifiers.flatMap((specifier) => nameOf(specifier["local"]) ?? []);
  }
  const init = node.type === "VariableDeclarator" ? node["init"] : undefined;
  if (!isNode(init) || !isNamed(init["callee"], "require") || !Array.isArray(init["arguments"])) return [];
  if (!FILES.test(literal(init["arguments"][0]) ?? "")) return [];
  const { id } = node;
  const properties = isNode(id) && Array.isArray(id["properties"]) ? id["properties"].filter(isNode) : [];
  return [nameOf(id), ...properties.map(({ value }) => nameOf(value))].filter((name) => name !== undefined);
}

function rootOf(node: unknown): string {
  if (!isNode(node)) return "";
  return node.type === "MemberExpression" ? rootOf(node["object"]) : (nameOf(node) ?? "");
}
