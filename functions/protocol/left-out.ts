/**
 * The names of project files that are not packed, each with its rule. Packaging leaves them out; when a run misses such a file, its log
 * line names the rule.
 */

/** These folders are never packed. */
const ALWAYS: readonly [RegExp, string][] = [
  [/^node_modules$/, "packages come by themselves"],
  [/^\.(?:git|hg|svn)$/, "of version control"],
  [/^(?:\.threadline|\.langgraph_api|cdk\.out)$/, "written by servers and deployments"],
];
const SECRETS = /^(?:\.env(?:\..*)?|\.npmrc|\.yarnrc\.yml)$/;
const LOCK_FILES =
  /^(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|(?:yarn|uv|poetry|pdm|Pipfile)\.lock|bun\.lockb?)$/;
const TOOLS_FILES = /\.(?:[cm]?js|css|d\.[cm]?ts)\.map$|\.tsbuildinfo$|\.py[co]$|^\.DS_Store$/;
/** What tools write. A name that projects use, too, counts as a tool's only if the folder contains one of these files. */
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
  ".mypy_cache": [],
  ".pytest_cache": [],
  ".ruff_cache": [],
  ".ipynb_checkpoints": [],
  ".tox": [],
  ".nox": [],
  ".venv": ["pyvenv.cfg"],
  venv: ["pyvenv.cfg"],
  coverage: ["lcov.info", "coverage-final.json", "coverage-summary.json", "clover.xml", "lcov-report", "tmp"],
};

export const BY_TOOLS = "written by tools";
export const ELSEWHERE = "outside of the package, and not named in its source";

/** Why a folder of that name is never packed. */
export const neverFolder = (name: string): string | undefined => ALWAYS.find(([names]) => names.test(name))?.[1];

/** Why a file of that name is never packed. */
export const neverFile = (name: string): string | undefined => (SECRETS.test(name) ? "may hold secrets" : undefined);

/** Why a file of that name is packed only if it is asked for. */
export function seldomFile(name: string): string | undefined {
  if (LOCK_FILES.test(name)) return "a lock file";
  return TOOLS_FILES.test(name) ? BY_TOOLS : undefined;
}

/** Undefined if the name is no tool's; else the files of which one must be in the folder. An empty list: none is needed. */
export const marksOfTool = (name: string): readonly string[] | undefined =>
  Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;

/** The rule by which a path was probably left out, judged by its names alone. */
export function ruleByName(file: string): string | undefined {
  const parts = file.split("/");
  const name = parts.at(-1) ?? "";
  for (const part of parts) {
    const rule = neverFolder(part) ?? (marksOfTool(part) ? BY_TOOLS : undefined);
    if (rule !== undefined) return rule;
  }
  return neverFile(name) ?? seldomFile(name);
}
