/** Scans a source file for what may not work on Lambda. What is uncertain is reported, with its place. */
import { beginning, isNamed, literal, nameOf, nodesOf, type SyntaxNode } from "../syntax-tree.ts";
import { providerPackage } from "./providers.ts";
import { type EnvUse, envUsesOf } from "./scan-env.ts";
import { type Write, writesOf } from "./scan-writes.ts";

/** `at` counts characters from the beginning of the file. */
export interface SourceScan {
  env: EnvUse[];
  /** Calls that start other programs. */
  processes: { what: string; at: number }[];
  writes: Write[];
  /** Packages that strings like "openai:gpt-5" mean. */
  providers: string[];
  /** Imports of packages whose name only exists at run time, with what it surely begins with. */
  computed: { start: string; at: number }[];
}

const STARTERS = /^(?:node:)?child_process$|^(?:execa|cross-spawn|zx|shelljs)$/;

/** `program` is the ESTree of `code`. */
export function scanSource(program: unknown, code: string): SourceScan {
  const parents = new Map<SyntaxNode, SyntaxNode>();
  const nodes = [...nodesOf(program, parents)];
  return {
    env: envUsesOf({ nodes, parents }),
    processes: nodes.flatMap(processOf),
    writes: writesOf(nodes, code),
    providers: nodes.flatMap((node) => (isText(node) ? (providerPackage(beginning(node)) ?? []) : [])),
    computed: nodes.flatMap(computedImport),
  };
}

const isText = ({ type }: SyntaxNode): boolean => type === "Literal" || type === "TemplateLiteral";

function processOf(node: SyntaxNode): { what: string; at: number }[] {
  const imported = moduleOf(node);
  if (imported !== undefined && STARTERS.test(imported)) return [{ what: imported, at: node.start }];
  if (node.type === "NewExpression" && isNamed(node["callee"], "StdioClientTransport"))
    return [{ what: "StdioClientTransport", at: node.start }];
  const isStdio = node.type === "Property" && nameOf(node["key"]) === "transport" && literal(node["value"]) === "stdio";
  return isStdio ? [{ what: 'transport: "stdio"', at: node.start }] : [];
}

/** The module that a node imports when its file is loaded or by a literal name. */
function moduleOf(node: SyntaxNode): string | undefined {
  if (node.type === "CallExpression") return isNamed(node["callee"], "require") ? literal(firstOf(node)) : undefined;
  const imports = ["ImportDeclaration", "ImportExpression", "ExportNamedDeclaration", "ExportAllDeclaration"];
  return imports.includes(node.type) && node["importKind"] !== "type" ? literal(node["source"]) : undefined;
}

/** A relative beginning means own files: the compiler brings those. */
function computedImport(node: SyntaxNode): { start: string; at: number }[] {
  const isRequire = node.type === "CallExpression" && isNamed(node["callee"], "require");
  const source = node.type === "ImportExpression" ? node["source"] : isRequire ? firstOf(node) : undefined;
  if (source === undefined || literal(source) !== undefined) return [];
  const start = beginning(source);
  return /^[./]|^[a-z]+:/.test(start) ? [] : [{ start, at: node.start }];
}

function firstOf({ arguments: list }: SyntaxNode): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
