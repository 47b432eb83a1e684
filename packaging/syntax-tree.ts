/** Walks a syntax tree (ESTree, from the compiler's parser) and reads the few kinds of expressions that the scans need. */
import { isRecord } from "./source-files.ts";

export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

export function isNode(value: unknown): value is SyntaxNode {
  return isRecord(value) && typeof value["type"] === "string" && typeof value["end"] === "number";
}

/** All nodes of a tree, in no particular order. `parents` is filled with the parent of each. */
export function* nodesOf(program: unknown, parents?: Map<SyntaxNode, SyntaxNode>): Generator<SyntaxNode> {
  const stack: { value: unknown; parent: SyntaxNode | undefined }[] = [{ value: program, parent: undefined }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, parent } = next;
    if (isNode(value)) {
      if (parent) parents?.set(value, parent);
      yield value;
    }
    const inside = isNode(value) ? value : parent;
    const children = Array.isArray(value) || isRecord(value) ? Object.values(value) : [];
    for (const child of children)
      if (typeof child === "object" && child !== null) stack.push({ value: child, parent: inside });
  }
}

/** The text an expression surely begins with. */
export function beginning(node: unknown): string {
  const whole = literal(node);
  if (whole !== undefined) return whole;
  if (!isNode(node)) return "";
  if (node.type === "BinaryExpression") return beginning(node["left"]);
  const first: unknown =
    node.type === "TemplateLiteral" && Array.isArray(node["quasis"]) ? node["quasis"][0] : undefined;
  return cooked(first) ?? "";
}

/** The value of a string or of a template without holes. */
export function literal(node: unknown): string | undefined {
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

export function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "Identifier" && node["name"] === name;
}

export function isMember(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "MemberExpression" && isNamed(node["property"], name);
}

export function isImportMeta(node: unknown, name: string): boolean {
  if (!isNode(node) || !isMember(node, name)) return false;
  const object = node["object"];
  return isNode(object) && object.type === "MetaProperty";
}

/** The name that `x.name` and `x["name"]` ask for; for an identifier, its own. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Identifier") return typeof node["name"] === "string" ? node["name"] : undefined;
  if (node.type !== "MemberExpression") return undefined;
  return node["computed"] === true ? literal(node["property"]) : nameOf(node["property"]);
}
