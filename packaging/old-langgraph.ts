/** Says that a project's LangGraph is too old, and the command of its package manager that updates it and what depends on it. */
import path from "node:path";
import { CORE, LANGGRAPH, type OwnLangGraph } from "./bridge.ts";
import { isAtLeast } from "./is-at-least.ts";
import { packageManagerOf } from "./package-manager.ts";
import { foldersUp, isRecord, readJsonObject } from "./source-files.ts";

/** The first version whose graphs can be told from other objects, and of whose streams every kind is known. */
const OLDEST = "0.2.74";

/** What a version says that allows the oldest one, so that it need not be changed. */
const ALLOWS_OLDEST = /^(?:[\^~] *0\.2\.\d+|0\.2(?:\.x)?|[*x]|latest|>=.*)$/;

/** Why graphs of such a version are not served, and the command that helps; undefined for one that is new enough. */
export function oldLangGraph(langgraph: OwnLangGraph | undefined, dir: string): string | undefined {
  const { version = "" } = langgraph ?? {};
  // One that has no numbers is somebody's own build.
  if (!/^\d/.test(version) || isAtLeast(version, OLDEST)) return undefined;
  return `${LANGGRAPH} ${version} is installed, and ${OLDEST} is the oldest that is served: ${updateCommand(dir)}`;
}

function updateCommand(dir: string): string {
  const { update, add, skipsWorkspaces } = packageManagerOf(dir);
  const declared = declaredIn(dir);
  const models = [...declared.keys()].filter(isModels).toSorted();
  // Where peers are ignored (yarn, --legacy-peer-deps), a core that is too old would stay.
  if (!skipsWorkspaces && ALLOWS_OLDEST.test(declared.get(LANGGRAPH) ?? ""))
    return [update, LANGGRAPH, CORE, ...models].join(" ");
  const added = `${add} ${LANGGRAPH}@0.2 ${CORE}@0.3`;
  return models.length > 0 ? `${added} && ${[update, ...models].join(" ")}` : added;
}

/**
 * Packages of models call core's inner functions: an old one beside a newer core fails when it binds tools. The newest
 * versions of community have contradictory optional peers, which npm refuses.
 */
function isModels(name: string): boolean {
  return (
    name.startsWith("@langchain/") && !name.startsWith(LANGGRAPH) && name !== CORE && name !== "@langchain/community"
  );
}

/** What the package.json nearest to `dir` that asks for LangGraph declares: versions by name; empty if none does. */
function declaredIn(dir: string): ReadonlyMap<string, string> {
  for (const folder of foldersUp(dir)) {
    const { dependencies, devDependencies } = readJsonObject(path.join(folder, "package.json")) ?? {};
    const declared = [devDependencies, dependencies]
      .flatMap((names) => (isRecord(names) ? Object.entries(names) : []))
      .filter((entry): entry is [string, string] => typeof entry[1] === "string");
    const versions = new Map(declared);
    if (versions.has(LANGGRAPH)) return versions;
  }
  return new Map();
}
