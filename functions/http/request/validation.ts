/** Describes an invalid input in one line: `<path>: <problem>`. */
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

const MENTIONED = 3;

/** The branch of a union that the input matched best: the one that failed deepest; among equals one that did not fail by type. */
function closest(issue: Issue, path: readonly PropertyKey[] = []): { path: readonly PropertyKey[]; issue: Issue } {
  const here = [...path, ...issue.path];
  if (issue.code !== "invalid_union") return { path: here, issue };
  const found = issue.errors.flatMap((branch) => branch.slice(0, 1)).map((inner) => closest(inner, here));
  const score = (one: { path: readonly PropertyKey[]; issue: Issue }) =>
    one.path.length * 2 + (one.issue.code === "invalid_type" ? 0 : 1);
  return found.reduce((best, one) => (score(one) > score(best) ? one : best), found[0] ?? { path: here, issue });
}

export function problemOf(issues: readonly Issue[]): string {
  const lines = issues.slice(0, MENTIONED).map((issue) => {
    const { path, issue: cause } = closest(issue);
    return `${path.map(String).join(".") || "body"}: ${cause.message}`;
  });
  return lines.join("; ");
}
