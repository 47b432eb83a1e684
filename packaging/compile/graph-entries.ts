/** The manifest's entry of each graph, after its files were compiled. */
import path from "node:path";
import type { GraphEntry } from "../../functions/protocol/manifest.ts";
import type { ConfiguredGraph } from "../config/read-config.ts";
import { toPosix } from "../source-files.ts";
import type { Problem, Sources } from "./sources.ts";

/** The manifest's entry of a graph: its module, or why it cannot be served. */
export function graphEntry(graph: ConfiguredGraph, error: string | undefined, base: string): GraphEntry {
  const { file, symbol, source, description, language } = graph;
  const module = error === undefined && file !== undefined ? toPosix(path.relative(base, file)) : undefined;
  return {
    ...(module === undefined ? {} : { module }),
    symbol,
    ...(language && { language }),
    source,
    ...(description === undefined ? {} : { description }),
    ...(error === undefined ? {} : { error }),
  };
}

/** The problems of a graph's file and of its static imports. */
export function problemOf({ file }: ConfiguredGraph, sources: Sources, from: string): string | undefined {
  const [first, ...others] = file === undefined ? [] : sources.problemsOf(file);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return first && describe(first, from) + more;
}

function describe({ file, line, message }: Problem, from: string): string {
  return `${toPosix(path.relative(from, file))}${line === undefined ? "" : `:${line}`}: ${message}`;
}

/** The problems of files that no graph imports statically: only an import at run time may load them. */
export function problemsOutsideGraphs(sources: Sources, graphs: readonly ConfiguredGraph[], from: string): string[] {
  const reported = new Set(graphs.flatMap(({ file }) => (file === undefined ? [] : sources.problemsOf(file))));
  const all = [...sources.files.values()].flatMap(({ problems }) => problems);
  return all.filter((problem) => !reported.has(problem)).map((problem) => describe(problem, from));
}
