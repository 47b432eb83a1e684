/** The location in a project's own source where something was thrown, by its stack. */
import path from "node:path";

/**
 * File and line of the innermost frame that is the project's own, such as `src/model.ts:12`.
 *
 * @param folder absolute path of the project; frames elsewhere, in packages and in hidden folders are not its own
 * @returns undefined for what the engine itself threw
 */
export function sourceLocation(folder: string, { stack = "" }: Error): string | undefined {
  for (const line of stack.split("\n")) {
    const [, file, row] = /^\s+at .*?(?:file:\/\/)?(\/[^()]*):(\d+):\d+\)?$/.exec(line) ?? [];
    if (file === undefined) continue;
    if (path.dirname(file) === import.meta.dirname) return undefined;
    const inside = path.relative(folder, file);
    if (!/(?:^|\/)(?:\.|node_modules\/)/.test(inside)) return `${inside}:${row}`;
  }
  return undefined;
}
