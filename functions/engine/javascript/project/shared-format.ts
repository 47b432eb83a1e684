/**
 * One copy of LangGraph and related packages for code of both module formats: CommonJS gets the ES module copy, since classes and
 * registries of two copies do not know each other.
 */
import type { ResolveFnOutput, ResolveHookContext } from "node:module";
import { allProjects, projectOf } from "./hooked-projects.ts";

type NextResolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;

/** Packages whose classes or registries both formats use: zod keeps descriptions in a registry of its copy. */
const SHARED_PACKAGES = /^(?:zod|langchain|@langchain\/(?:langgraph|langgraph-checkpoint|core))(?:\/|$)/;
const MODULE_CONDITIONS = ["node", "import", "module-sync", "node-addons"];

/** Resolves a shared package that CommonJS requires to its ES module. Without one, and for all else, resolves as `next` does. */
export function inSharedFormat(
  specifier: string,
  { conditions, parentURL }: ResolveHookContext,
  next: NextResolve,
): NextResolve {
  if (!SHARED_PACKAGES.test(specifier) || !conditions.includes("require")) return next;
  const project = projectOf(parentURL);
  const isShared = (project ? [project] : allProjects()).some(({ sharedFormat }) => sharedFormat === "esm");
  if (!isShared) return next;
  return (name, context) => {
    try {
      return next(name, { ...context, conditions: MODULE_CONDITIONS });
    } catch {
      return next(name, context);
    }
  };
}
