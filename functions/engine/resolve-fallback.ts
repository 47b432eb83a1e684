/**
 * Two rules of module resolution for compiled project files, installed before the first graph is imported: a computed specifier
 * that means TypeScript or lacks its suffix still finds the compiled file, and LangGraph is one copy, that of the config folder.
 * Must not touch how packages resolve among themselves. Worker threads do not inherit it.
 */
import { realpathSync } from "node:fs";
import { registerHooks, type ResolveFnOutput, type ResolveHookContext } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { currentUrl } from "./renew-modules.ts";

type NextResolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;

/** Packages that must be one copy among project files: pnpm may link peer variants, and `instanceof` would fail between them. */
const ONE_COPY = /^@langchain\/(?:langgraph|langgraph-checkpoint|core)(?:\/|$)/;

/** URL of a file in the config folder, by URL prefix of the mirror. */
const projects = new Map<string, string>();
let hooked = false;

/**
 * Installs the rules for files below `manifestDir` (the folder of manifest.json). `configDir` is the folder in the mirror whose
 * LangGraph counts: that of the bridge modules. May be called again, for another mirror or the same.
 */
export function installResolveFallback(manifestDir: string, configDir: string): void {
  const prefix = pathToFileURL(realpathSync(manifestDir) + path.sep).href;
  projects.set(prefix, pathToFileURL(path.join(realpathSync(configDir), "graph.js")).href);
  if (hooked) return;
  hooked = true;
  registerHooks({ resolve: resolveForProject });
}

function resolveForProject(specifier: string, context: ResolveHookContext, next: NextResolve): ResolveFnOutput {
  const project = projectOf(context.parentURL);
  if (project === undefined) return next(specifier, context);
  if (ONE_COPY.test(specifier)) {
    // A folder that does not see the package leaves it to the file that imports it. Node keeps what an earlier `next` was given.
    const own = { ...context };
    return tryResolve(specifier, { ...context, parentURL: project }, next) ?? next(specifier, own);
  }
  const found = resolveOrGuess(specifier, context, next);
  const isImport = context.conditions.includes("import");
  return isImport && projectOf(found.url) !== undefined ? { ...found, url: currentUrl(found.url) } : found;
}

function resolveOrGuess(specifier: string, context: ResolveHookContext, next: NextResolve): ResolveFnOutput {
  try {
    return next(specifier, context);
  } catch (error) {
    for (const candidate of candidates(specifier)) {
      const found = tryResolve(candidate, context, next);
      if (found) return found;
    }
    throw error;
  }
}

function projectOf(importer: string | undefined): string | undefined {
  if (importer === undefined || importer.includes("/node_modules/")) return undefined;
  for (const [prefix, project] of projects) if (importer.startsWith(prefix)) return project;
  return undefined;
}

function tryResolve(specifier: string, context: ResolveHookContext, next: NextResolve): ResolveFnOutput | undefined {
  try {
    return next(specifier, context);
  } catch {
    return undefined;
  }
}

/** What a relative or absolute specifier may mean in the mirror, where `x.ts` is `x.js`. */
function candidates(specifier: string): string[] {
  if (!/^(?:\.\.?(?:\/|$)|\/|file:)/.test(specifier)) return [];
  const [whole = "", query = ""] = /^([^?#]*)(.*)$/s.exec(specifier)?.slice(1) ?? [];
  const base = whole.replace(/\/$/, "");
  const compiled = base.replace(/\.([cm]?)[jt]sx?$/, ".$1js");
  const appended = [".js", "/index.js", ".mjs", ".cjs", ".json"].map((suffix) => base + suffix);
  return [...(compiled === base ? [] : [compiled]), ...appended].map((candidate) => candidate + query);
}
