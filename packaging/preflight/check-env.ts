/** Findings about variables that the code reads and a deployment will not have. Values are not read. */
import { type Finding, finding } from "./finding.ts";
import { listed } from "./sizes.ts";
import type { EnvName } from "./scan-project.ts";

/** @param failures why graphs do not load here: a variable that one of them names is needed, whatever the code seems to do without it */
export function checkEnv(env: readonly EnvName[], failures: readonly string[] = []): Finding[] {
  const isNeeded = ({ name, optional }: EnvName): boolean =>
    !optional || failures.some((text) => new RegExp(`\\b${name}\\b`).test(text));
  const listNames = (names: readonly EnvName[]): string => listed(names.map(({ name, where }) => `${name} (${where})`));
  const { shell = [], unset = [] } = Object.groupBy(
    env.filter(({ setBy }) => setBy !== "env"),
    ({ setBy }) => setBy ?? "unset",
  );
  const needed = unset.filter(isNeeded);
  const wanted = unset.filter((one) => !isNeeded(one));
  const perhaps = failures.length > 0 ? "perhaps why a graph does not load" : "perhaps not needed";
  const level = shell.some(isNeeded) ? "warning" : "note";
  return [
    ...(needed.length > 0
      ? [finding("warning", "env", `Read by the code, but not set by "env" of langgraph.json: ${listNames(needed)}.`)]
      : []),
    ...(shell.length > 0
      ? [
          finding(
            level,
            "env",
            `Set in this shell alone, and a deployment needs it in "env" of langgraph.json: ${listNames(shell)}.`,
          ),
        ]
      : []),
    ...(wanted.length > 0 ? [finding("note", "env", `Not set, and ${perhaps}: ${listNames(wanted)}.`)] : []),
  ];
}
