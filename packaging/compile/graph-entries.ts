/** The manifest's entry of each graph, after its files were compiled. */
import path from "node:path";
import type { GraphEntry } from "../../functions/protocol/manifest.ts";
import type { ConfiguredGraph } from "../config/read-config.ts";
import { toPosix } from "../source-files.ts";
import type { Problem, Sources } from "./sources.ts";

type JavaScriptGraph = Extract<ConfiguredGraph, { kind: "javascript" }>;
export const isJavaScript = (graph: ConfiguredGraph): graph is JavaScriptGraph => graph.kind === "javascript";

/** The manifest's entry of a graph: its module, or why it cannot be served. */
export function graphEntry(graph: ConfiguredGraph, error: string | undefined, base: string): GraphEntry {
  const { symbol, source, description } = graph;
  return {
    ...(graph.kind === "javascript" && error === undefined && { module: toPosix(path.relative(base, graph.file)) }),
    symbol,
    ...(graph.kind === "python" && { language: "python" as const }),
    source,
    ...(description === undefined ? {} : { description }),
    ...(error === undefined ? {} : { error }),
  };
}

/** The problems of a graph's file and of its static imports. */
export function problemOf({ file }: JavaScriptGraph, sources: Sources, from: string): string | undefined {
  const [first, ...others] = sources.problemsOf(file);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return first && describe(first, from) + more;
}

function describe({ file, line, message }: Problem, from: string): string {
  return `${toPosix(path.relative(from, file))}${line === undefined ? "" : `:${line}`}: ${message}`;
}

/** The problems of files that no graph imports statically: only an import at run time may load them. */
export function problemsOutsideGraphs(sources: Sources, graphs: readonly JavaScriptGraph[], from: string): string[] {
  const reported = new Set(graphs.flatMap(({ file }) => sources.problemsOf(file)));
  const all = [...sources.files.values()].flatMap(({ problems }) => problems);
  return all.filter((problem) => !reported.has(problem)).map((problem) => describe(problem, from));
}
