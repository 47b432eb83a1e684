/** Finds whether code of both module formats uses LangGraph, which would then be loaded twice, with two sets of classes. */
import path from "node:path";
import { CORE, LANGGRAPH } from "../bridge.ts";
import { findInstalled, isRecord, type PackageFolders, packageName } from "../source-files.ts";
import type { Sources } from "./sources.ts";

/** True if the project has files of both formats, or CommonJS that uses a package of only ES modules that uses LangGraph. */
export function mixesFormats(sources: Sources, packages: PackageFolders): boolean {
  const files = [...sources.files.values()];
  if (files.every(({ format }) => format === "esm")) return false;
  if (files.some(({ format }) => format === "esm")) return true;
  const used = files.flatMap(({ file, packages: names }) =>
    [...new Set([...names].map(packageName))].flatMap((name) => findInstalled(name, path.dirname(file))?.real ?? []),
  );
  return [...new Set(used)].some((dir) => {
    const manifest = packages.of(path.join(dir, "package.json"))?.manifest ?? {};
    return isModuleOnly(manifest) && usesLangGraph(manifest);
  });
}

function isModuleOnly({ type, exports }: Readonly<Record<string, unknown>>): boolean {
  return type === "module" && !/"require"|\.cjs"/.test(JSON.stringify(exports ?? ""));
}

function usesLangGraph(manifest: Readonly<Record<string, unknown>>): boolean {
  const lists = [manifest["dependencies"], manifest["peerDependencies"]];
  return lists.some((list) => isRecord(list) && (LANGGRAPH in list || CORE in list));
}
