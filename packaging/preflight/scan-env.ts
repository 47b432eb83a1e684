/** Finds the environment variables that a syntax tree reads. */
import { isMember, isNamed, isNode, literal, nameOf, type SyntaxNode } from "../syntax-tree.ts";

export interface EnvUse {
  name: string;
  /** The code handles its absence. */
  optional: boolean;
}

/** A tree, as it is asked about. */
export interface Tree {
  nodes: readonly SyntaxNode[];
  parents: ReadonlyMap<SyntaxNode, SyntaxNode>;
}

/** `process.env.X`, `process.env["X"]`, `const { X } = process.env`; also of a variable that is `process.env`. */
export function envUsesOf({ nodes, parents }: Tree): EnvUse[] {
  const tree = { nodes, parents };
  const aliases = new Set(nodes.flatMap(aliasOf));
  const isEnvironment = (node: unknown): boolean =>
    isProcessEnv(node) || (isNode(node) && node.type === "Identifier" && aliases.has(nameOf(node) ?? ""));
  return nodes.flatMap((node) => {
    if (node.type === "MemberExpression" && isEnvironment(node["object"])) {
      const name = nameOf(node);
      const use = useOf(node, tree);
      return name === undefined || use === "written" ? [] : [{ name, optional: use === "optional" }];
    }
    const pattern = node.type === "VariableDeclarator" && isEnvironment(node["init"]) ? node["id"] : undefined;
    const properties = isNode(pattern) && Array.isArray(pattern["properties"]) ? pattern["properties"] : [];
    return properties.filter(isNode).flatMap(({ key, value }) => {
      const name = nameOf(key) ?? literal(key);
      const hasDefault = isNode(value) && value.type === "AssignmentPattern";
      return name === undefined ? [] : [{ name, optional: hasDefault || isTested(value, tree) }];
    });
  });
}

/** Whether the file tests anywhere if the variable is set. */
function isTested(variable: unknown, { nodes, parents }: Tree): boolean {
  const name = isNode(variable) && variable.type === "Identifier" ? nameOf(variable) : undefined;
  if (name === undefined) return false;
  const uses = nodes.filter(
    (node) => node !== variable && isNamed(node, name) && parents.get(node)?.type !== "Property",
  );
  return uses.some((node) => useOf(node, { nodes: [], parents }) === "optional");
}

function isProcessEnv(node: unknown): boolean {
  return isNode(node) && isMember(node, "env") && isNamed(node["object"], "process");
}

/** `const env = process.env`, `const { env } = process`, `import { env } from "node:process"`. */
function aliasOf(node: SyntaxNode): string[] {
  const { id, init } = node;
  if (node.type === "VariableDeclarator" && isNode(id)) {
    if (isProcessEnv(init)) return id.type === "Identifier" ? [nameOf(id) ?? ""] : [];
    const properties =
      isNamed(init, "process") && Array.isArray(id["properties"]) ? id["properties"].filter(isNode) : [];
    return properties.flatMap(({ key, value }) => (nameOf(key) === "env" ? (nameOf(value) ?? []) : []));
  }
  if (node.type !== "ImportSpecifier" || nameOf(node["imported"]) !== "env") return [];
  return [nameOf(node["local"]) ?? ""];
}

/** What the code around a read does with an absent value. */
function useOf(node: SyntaxNode, tree: Tree): "needed" | "optional" | "written" {
  const parent = tree.parents.get(node);
  if (!parent) return "needed";
  switch (parent.type) {
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "ChainExpression":
    case "ParenthesizedExpression":
      return useOf(parent, tree);
    case "VariableDeclarator":
      return isTested(parent["id"], tree) ? "optional" : "needed";
    case "AssignmentExpression":
      return parent["left"] === node ? "written" : "needed";
    case "UnaryExpression":
      return parent["operator"] === "delete" ? "written" : "needed";
    case "LogicalExpression":
      return parent["left"] === node ? "optional" : "needed";
    case "ConditionalExpression":
    case "IfStatement":
      return parent["test"] === node ? "optional" : "needed";
    case "BinaryExpression":
      return /^[!=]==?$/.test(String(parent["operator"])) ? "optional" : "needed";
    default:
      return "needed";
  }
}
