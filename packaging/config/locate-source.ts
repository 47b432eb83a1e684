/** Where the source is that a langgraph.json names, `./path.ts:export`: as written, by other suffixes, or as the index of a folder. */
import { realpathSync } from "node:fs";
import path from "node:path";
import { isCode, isFile } from "../source-files.ts";

/** `./graph.ts:agent` → path and symbol; without a symbol the default export is meant. A drive letter is no symbol. */
export function splitSpec(text: string): { source: string; symbol: string } {
  const colon = text.lastIndexOf(":");
  if (colon <= 1) return { source: text, symbol: "default" };
  return { source: text.slice(0, colon), symbol: text.slice(colon + 1).trim() || "default" };
}

export type Located =
  /** `file`: absolute real path. */
  | { kind: "javascript"; file: string }
  /** Python finds it when it imports the graph. */
  | { kind: "python" }
  | { kind: "unserved"; error: string };

export function locate(source: string, dir: string): Located {
  const wanted = path.resolve(dir, source);
  const js = /\.([cm]?)jsx?$/.exec(wanted);
  const candidates = [
    wanted,
    ...(js ? [`.${js[1] ?? ""}ts`, ".tsx"].map((suffix) => wanted.slice(0, js.index) + suffix) : []),
    ...[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"].map((suffix) => wanted + suffix),
    ...[".ts", ".js"].map((suffix) => path.join(wanted, `index${suffix}`)),
  ];
  const found = candidates.find((candidate) => isCode(candidate) && isFile(candidate));
  if (found !== undefined) return { kind: "javascript", file: realpathSync(found) };
  const unserved = (error: string): Located => ({ kind: "unserved", error });
  if (source.endsWith(".py")) return isFile(wanted) ? { kind: "python" } : unserved(`There is no file ${source}.`);
  if (isFile(`${wanted}.py`) && source.includes("/"))
    return unserved(`${source} is Python: langgraph.json has to name it with its suffix, ${source}.py.`);
  if (isModule(source, dir)) return { kind: "python" };
  if (isFile(wanted)) return unserved(`${source} is neither TypeScript nor JavaScript.`);
  const builtFirst = /(?:^|[/\\])(?:dist|build|lib|out)[/\\]/.test(source);
  return unserved(`There is no file ${source}.${builtFirst ? " Does the project have to be built first?" : ""}`);
}

/** A dotted name is a module of Python, in the project or in a package; a single name only if it is here. */
function isModule(source: string, dir: string): boolean {
  if (!/^\w+(\.\w+)*$/.test(source)) return false;
  const place = path.join(dir, ...source.split("."));
  return source.includes(".") || isFile(`${place}.py`) || isFile(path.join(place, "__init__.py"));
}
