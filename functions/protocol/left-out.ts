/**
 * The names by which files of a project stay behind when it is packed, each with the rule as people read it: packaging leaves out by them,
 * and a run that misses such a file is told.
 */

/** Nothing brings these folders. */
const ALWAYS: readonly [RegExp, string][] = [
  [/^node_modules$/, "packages come by themselves"],
  [/^\.(?:git|hg|svn)$/, "of version control"],
  [/^(?:\.threadline|\.langgraph_api|cdk\.out)$/, "written by servers and deployments"],
];
const SECRETS = /^(?:\.env(?:\..*)?|\.npmrc|\.yarnrc\.yml)$/;
const LOCK_FILES = /^(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/;
const TOOLS_FILES = /\.(?:[cm]?js|css|d\.[cm]?ts)\.map$|\.tsbuildinfo$|^\.DS_Store$/;
/** What tools write for themselves. A name that projects use, too, counts as a tool's by what is in the folder. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  ".next": [],
  ".nuxt": [],
  ".turbo": [],
  ".cache": [],
  ".yarn": [],
  ".pnpm-store": [],
  ".idea": [],
  ".vscode": [],
  __pycache__: [],
  ".venv": ["pyvenv.cfg"],
  venv: ["pyvenv.cfg"],
  coverage: ["lcov.info", "coverage-final.json", "coverage-summary.json", "clover.xml", "lcov-report", "tmp"],
};

export const BY_TOOLS = "written by tools";
export const ELSEWHERE = "outside of the package, and not named in its source";

/** Why a folder of that name never comes. */
export const neverFolder = (name: string): string | undefined => ALWAYS.find(([names]) => names.test(name))?.[1];

/** Why a file of that name never comes. */
export const neverFile = (name: string): string | undefined => (SECRETS.test(name) ? "may hold secrets" : undefined);

/** Why a file of that name stays unless somebody wants it. */
export function seldomFile(name: string): string | undefined {
  if (LOCK_FILES.test(name)) return "a lock file";
  return TOOLS_FILES.test(name) ? BY_TOOLS : undefined;
}

/** Undefined if the name is no tool's; else what, in a folder of that name, shows that it is: nothing has to, if the list is empty. */
export const marksOfTool = (name: string): readonly string[] | undefined =>
  Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;

/** By which rule a path may have stayed behind, judged by its names alone. */
export function ruleByName(file: string): string | undefined {
  const parts = file.split("/");
  const name = parts.at(-1) ?? "";
  for (const part of parts) {
    const rule = neverFolder(part) ?? (marksOfTool(part) ? BY_TOOLS : undefined);
    if (rule !== undefined) return rule;
  }
  return neverFile(name) ?? seldomFile(name);
}
