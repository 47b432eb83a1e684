/**
 * Module resolution for a compiled project's files: computed specifiers find the source file, paths into the source folder the mirror's
 * file, and LangGraph is the config folder's copy. Resolution between packages is unchanged.
 */
import { existsSync } from "node:fs";
import type { ResolveFnOutput, ResolveHookContext } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SHARED } from "../../../protocol/compiled.ts";
import { aliasedPaths } from "./aliased-paths.ts";
import { type HookedProject, projectOf } from "./hooked-projects.ts";
import { currentUrl } from "./renew-modules.ts";
import { inSharedFormat } from "./shared-format.ts";

type NextResolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;

/**
 * Packages that must be one copy among project files: pnpm may link variants by peer dependency, and `instanceof` would fail between them.
 */
const ONE_COPY = /^@langchain\/(?:langgraph|langgraph-checkpoint|core)(?:\/|$)/;

export function resolveForProject(specifier: string, context: ResolveHookContext, next: NextResolve): ResolveFnOutput {
  return resolveIn(specifier, context, inSharedFormat(specifier, context, next));
}

function resolveIn(specifier: string, context: ResolveHookContext, next: NextResolve): ResolveFnOutput {
  const project = projectOf(context.parentURL ?? asUrl(specifier));
  if (project === undefined) return next(specifier, context);
  const name = specifier.slice(specifier.lastIndexOf("/") + 1);
  // Resolved from the mirror: source copied into node_modules may not lie there.
  if (name.startsWith(SHARED)) return next(fileURLToPath(project.mirror + name), context);
  if (ONE_COPY.test(specifier)) {
    // A folder that cannot resolve the package leaves it to the importing file. Node keeps the context that an earlier `next` was given.
    const own = { ...context };
    return tryResolve(specifier, { ...context, parentURL: project.langgraph }, next) ?? next(specifier, own);
  }
  const found = mirrored(resolveOrGuess(specifier, context, next, project), project);
  const isImport = context.conditions.includes("import");
  return isImport && projectOf(found.url) !== undefined ? { ...found, url: currentUrl(found.url) } : found;
}

/** The main program of a thread or a process has no parent and is a path. */
const asUrl = (specifier: string): string => (path.isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier);

function resolveOrGuess(
  specifier: string,
  context: ResolveHookContext,
  next: NextResolve,
  project: HookedProject,
): ResolveFnOutput {
  const isTypeScript = TYPESCRIPT.test(context.parentURL ?? "");
  const found = isTypeScript ? firstOf(sourceNames(specifier), context, next) : undefined;
  if (found) return found;
  try {
    return next(specifier, context);
  } catch (error) {
    const guessed = firstOf(guesses(specifier, context, project), context, next);
    if (guessed) return guessed;
    throw error;
  }
}

/** Code that builds paths from the working directory finds the source folder. The same file in the mirror must be the same module. */
function mirrored(found: ResolveFnOutput, { mirror, source }: HookedProject): ResolveFnOutput {
  const { url } = found;
  if (source === undefined || !url.startsWith(source) || url.startsWith(mirror) || url.includes("/node_modules/"))
    return found;
  const twin = mirror + url.slice(source.length);
  return existsSync(fileURLToPath(twin)) ? { ...found, url: twin } : found;
}

function firstOf(
  names: readonly string[],
  context: ResolveHookContext,
  next: NextResolve,
): ResolveFnOutput | undefined {
  for (const name of names) {
    const found = tryResolve(name, context, next);
    if (found) return found;
  }
  return undefined;
}

function tryResolve(specifier: string, context: ResolveHookContext, next: NextResolve): ResolveFnOutput | undefined {
  try {
    return next(specifier, context);
  } catch {
    return undefined;
  }
}

const TYPESCRIPT = /\.[cm]?tsx?(?:[?#]|$)/;
const PATH = /^(?:\.\.?(?:\/|$)|\/|file:)/;
/** In the order of TypeScript. */
const SUFFIXES = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];

/** The TypeScript files that a specifier with a JavaScript suffix may mean. */
function sourceNames(specifier: string): string[] {
  const [, whole, c, x, query] = /^([^?#]*)\.([cm]?)js(x?)([?#].*)?$/s.exec(specifier) ?? [];
  if (whole === undefined || !PATH.test(specifier)) return [];
  const suffixes = x ? [".tsx"] : c ? [`.${c}ts`] : [".ts", ".tsx"];
  return suffixes.map((suffix) => whole + suffix + (query ?? ""));
}

function guesses(specifier: string, { parentURL }: ResolveHookContext, project: HookedProject): string[] {
  if (PATH.test(specifier)) return candidates(specifier);
  const paths = aliasedPaths(specifier, parentURL, project);
  return paths.flatMap((name) => [...sourceNames(name), name, ...candidates(name)]);
}

/** Files that a relative or absolute specifier without a file may mean. */
function candidates(specifier: string): string[] {
  const [whole = "", query = ""] = /^([^?#]*)(.*)$/s.exec(specifier)?.slice(1) ?? [];
  const base = whole.replace(/\/$/, "");
  const javascript = base.replace(/\.([cm]?)tsx?$/, ".$1js");
  const appended = [...SUFFIXES, ...SUFFIXES.map((suffix) => `/index${suffix}`)].map((suffix) => base + suffix);
  const named = javascript === base ? [] : [javascript];
  return [...sourceNames(specifier), ...[...named, ...appended].map((candidate) => candidate + query)];
}
