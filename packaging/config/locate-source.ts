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

export function locate(source: string, dir: string): { file: string } | { error: string } {
  const wanted = path.resolve(dir, source);
  const js = /\.([cm]?)jsx?$/.exec(wanted);
  const candidates = [
    wanted,
    ...(js ? [`.${js[1] ?? ""}ts`, ".tsx"].map((suffix) => wanted.slice(0, js.index) + suffix) : []),
    ...[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"].map((suffix) => wanted + suffix),
    ...[".ts", ".js"].map((suffix) => path.join(wanted, `index${suffix}`)),
  ];
  const found = candidates.find((candidate) => isCode(candidate) && isFile(candidate));
  if (found !== undefined) return { file: realpathSync(found) };
  if (isPython(source, wanted)) {
    return { error: `${source} is Python; only graphs in TypeScript or JavaScript are served.` };
  }
  if (isFile(wanted)) return { error: `${source} is neither TypeScript nor JavaScript.` };
  const builtFirst = /(?:^|[/\\])(?:dist|build|lib|out)[/\\]/.test(source);
  return { error: `There is no file ${source}.${builtFirst ? " Does the project have to be built first?" : ""}` };
}

/** By suffix, by a file of that name beside it, or as a dotted module name. */
function isPython(source: string, wanted: string): boolean {
  if (source.endsWith(".py") || isFile(`${wanted}.py`)) return true;
  return /^[\w.]+$/.test(source) && isFile(path.join(path.dirname(wanted), `${source.replaceAll(".", path.sep)}.py`));
}
