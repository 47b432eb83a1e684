/** Loads graphs in the project's child; a failure names graph, source, and the project's line. */
import type { Manifest } from "../../../protocol/manifest.ts";
import { graphEntry, graphError } from "../../project/graph-source.ts";
import { importHangs, loadWithin } from "../../project/load-within.ts";
import type { ProjectChildren } from "../process/project-children.ts";
import { type Child, ChildError } from "../process/child.ts";
import { inLivingChild } from "../process/in-living-child.ts";

export interface LoadedInChild {
  child: Child;
  /** Null for a factory, which makes another graph for each run. */
  nodes: string[] | null;
}

/** @returns a function that rejects with GraphError */
export function graphLoader(
  graphs: Manifest["graphs"],
  children: ProjectChildren,
  timeoutMs: number,
): (graph_id: string) => Promise<LoadedInChild> {
  const loadIn = async (child: Child, graph_id: string): Promise<LoadedInChild> => {
    const loading = child.call("load", { graph_id }).answer as Promise<{ nodes: string[] | null }>;
    return { child, ...(await loadWithin(timeoutMs, importHangs, loading)) };
  };
  return async (graph_id) => {
    try {
      const problem = graphEntry({ graphs }, graph_id)?.error;
      if (problem !== undefined) throw new Error(problem);
      return await inLivingChild(children, (child) => loadIn(child, graph_id));
    } catch (error) {
      throw graphError({ graphs }, graph_id, reasonOf(error), error);
    }
  };
}

/** Classes of ours, whose text says all. */
const PLAIN = new Set(["NoGraph", "NoEmbedding"]);

const INSTALL = "If a package has it, install that, and name it in the project's dependencies.";

/** The error's class, unless its text says all, and the project's line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ChildError)) return error instanceof Error ? error.message : String(error);
  const { name, message, at } = error;
  const advice = name === "ModuleNotFoundError" ? `. ${INSTALL}` : "";
  const text = PLAIN.has(name) ? message : [name, message].filter(Boolean).join(": ");
  return `${text}${at === undefined ? "" : ` (${at})`}${advice}`;
}
