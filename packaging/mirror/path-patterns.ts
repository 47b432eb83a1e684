/**
 * Path patterns as in .dockerignore: `*`, `?`, `**`, and a leading `!` for exceptions. The last pattern that matches decides, and a folder
 * stands for all that is in it.
 */

export interface PathPatterns {
  /** `name` is relative to the folder of the patterns, with `/`. */
  matches(name: string): boolean;
  /** Whether something in a folder may match that the folder does not. */
  reachesInto(folder: string): boolean;
  /** Whether something in a folder that matches may be an exception. */
  hasExceptionIn(folder: string): boolean;
}

interface Pattern {
  isException: boolean;
  whole: RegExp;
  /** What comes before the first placeholder. */
  start: string;
}

/** @param lines empty ones and those that begin with `#` are ignored */
export function pathPatterns(lines: readonly string[]): PathPatterns {
  const patterns = lines
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parse);
  return {
    matches: (name) => {
      const last = patterns.findLast(({ whole }) => whole.test(`/${name}`));
      return last !== undefined && !last.isException;
    },
    reachesInto: (folder) => patterns.some((pattern) => !pattern.isException && reaches(pattern, folder)),
    hasExceptionIn: (folder) => patterns.some((pattern) => pattern.isException && reaches(pattern, folder)),
  };
}

const reaches = ({ start }: Pattern, folder: string): boolean =>
  start.startsWith(`${folder}/`) || start === folder || `${folder}/`.startsWith(start);

function parse(line: string): Pattern {
  const isException = line.startsWith("!");
  const text = (isException ? line.slice(1) : line).trim().replaceAll("\\", "/");
  const clean = text
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  const source = clean.split("/").map(partOf).join("");
  return {
    isException,
    whole: new RegExp(clean === "" ? "$^" : `^${source}(?:/.*)?$`, "s"),
    start: /^[^*?[]*/.exec(clean)?.[0] ?? "",
  };
}

/** One part of a pattern with the `/` before it; `**` is any number of folders, also none. */
function partOf(part: string): string {
  if (part === "**") return "(?:/.*)?";
  const escaped = part.replaceAll(/[.+^${}()|\\]/g, "\\$&");
  return `/${escaped.replaceAll("**", "*").replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}`;
}
