/** Tells by which rule of packaging a file is missing that the code did not find. */
import path from "node:path";
import { ELSEWHERE, ruleByName } from "../../../protocol/left-out.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import { isObject } from "../langgraph.ts";

/** Names the rule if `error`, or one of its causes, is about a file that a rule left out, or a folder that was packed only in part. */
export function missingFile(
  error: unknown,
  mirror: string,
  { left_out, packages, source_dir }: Pick<Manifest, "left_out" | "packages" | "source_dir">,
): string | undefined {
  const missing = missingPath(error);
  if (missing === undefined) return undefined;
  const asked = path.relative(mirror, path.resolve(missing));
  if (asked.startsWith("..") || path.isAbsolute(asked))
    return source_dir === undefined ? `${missing} is outside of the deployed project.` : undefined;
  const name = asked.split(path.sep).join("/");
  const left = left_out.find(
    ({ path: cause }) => cause === name || (cause.endsWith("/") && `${name}/`.startsWith(cause)),
  );
  const isElsewhere = !packages.some((folder) => folder === "." || `${name}/`.startsWith(`${folder}/`));
  const rule = left === undefined ? (ruleByName(name) ?? (isElsewhere ? ELSEWHERE : undefined)) : left.rule;
  const way = '"threadline": {"include": […]} of langgraph.json brings it, unless it is a secret or a package';
  return rule && `${name} is not here: ${rule}; ${way}.`;
}

function missingPath(error: unknown): string | undefined {
  for (let at = error, depth = 0; isObject(at) && depth < CAUSES; at = at["cause"], depth++) {
    const { code, path: missing } = at;
    if (code === "ENOENT" && typeof missing === "string") return missing;
  }
  return undefined;
}

/** Causes may be circular. */
const CAUSES = 10;
