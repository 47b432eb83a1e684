/**
 * Packages that projects list for their development: LangGraph's servers, which Threadline replaces, and tools. They are left out with all
 * that only they need, unless the project imports them.
 */

const SERVERS = ["langgraph-cli", "langgraph-api", "langgraph-runtime-inmem"];
const TOOLS =
  /^(?:pytest|pytest-.+|ruff|mypy|black|isort|flake8|pre-commit|debugpy|ipython|ipykernel|jupyter|jupyterlab|notebook|twine|uv|poetry|codespell)$/;

const isImported = (name: string, imported: ReadonlySet<string>): boolean => imported.has(name.replaceAll("-", "_"));

/** LangGraph's servers, as far as the project does not import them. */
export const idleServers = (imported: ReadonlySet<string>): string[] =>
  SERVERS.filter((name) => !isImported(name, imported));

interface Line {
  name: string;
  text: string;
  /** Who needs it: packages, and what is no package (a file, the project). */
  by: string[];
}

/**
 * @param resolved output of `uv pip compile --annotation-style line`
 * @param imported top-level names that the project's code imports
 */
export function withoutIdle(resolved: string, imported: ReadonlySet<string>): { kept: string[]; idle: string[] } {
  const lines = resolved.split("\n").flatMap(parse);
  const isListed = ({ name }: Line): boolean =>
    (SERVERS.includes(name) || TOOLS.test(name)) && !isImported(name, imported);
  // A tool that a served package needs stays, however odd.
  const names = new Set(lines.map(({ name }) => name));
  const left = new Set(
    lines.filter((line) => isListed(line) && line.by.every((one) => !names.has(one))).map(({ name }) => name),
  );
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const { name, by } of lines) if (by.length > 0 && by.every((one) => left.has(one))) left.add(name);
  }
  const idle = lines.filter((line) => left.has(line.name) && isListed(line)).map(({ name }) => name);
  return { kept: lines.filter(({ name }) => !left.has(name)).map(({ text }) => text), idle };
}

function parse(line: string): Line[] {
  const [text = "", by = ""] = line.split(/\s+# via /);
  if (text.trim() === "" || text.startsWith("#")) return [];
  const name = /^(?:-e )?([\w.-]+)/.exec(text)?.[1]?.toLowerCase() ?? text;
  return [
    {
      name: text.startsWith("-e") || /^[./]/.test(text) ? text : name,
      text: text.trim(),
      by: by.split(", ").filter(Boolean),
    },
  ];
}
