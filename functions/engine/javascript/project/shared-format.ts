/**
 * One copy of LangGraph and its kin for code of both module formats: where a project mixes them, CommonJS is given the copy of ES modules, as
 * classes and registries of two copies know nothing of each other. Must not decide which version: that is where the code lies.
 */
import type { ResolveFnOutput, ResolveHookContext } from "node:module";
import { allProjects, projectOf } from "./hooked-projects.ts";

type NextResolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;

/** What one half of a project makes and the other one asks about: zod keeps descriptions in a registry of its copy. */
const SHARED_PACKAGES = /^(?:zod|langchain|@langchain\/(?:langgraph|langgraph-checkpoint|core))(?:\/|$)/;
const MODULE_CONDITIONS = ["node", "import", "module-sync", "node-addons"];

/** Resolves as an ES module what CommonJS asks for, if that is shared, be the code a package's; else, or if there is none, as `next` does. */
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
