/**
 * Writes into an artefact what its graphs told when they were tried. By drawings and schemas a function shows them without importing the
 * graph; by topologies it knows whether the outline of a head was made by the same graph.
 */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SHAPES_FILE } from "../../functions/protocol/graph-shape.ts";
import { Manifest } from "../../functions/protocol/manifest.ts";
import type { Artefact } from "../build-artefact.ts";
import { topologyOf } from "../topology.ts";
import type { TriedGraph } from "./try-graphs.ts";

type Told = Pick<TriedGraph, "graph_id" | "shape" | "topology">;

export function recordShapes({ folder }: Pick<Artefact, "folder">, tried: readonly Told[]): void {
  const at = (name: string): string => path.join(folder, "project", name);
  const manifest = Manifest.parse(JSON.parse(readFileSync(at("manifest.json"), "utf8")));
  for (const { graph_id, topology } of tried) {
    const entry = manifest.graphs[graph_id];
    if (entry && topology) entry.topology = topologyOf([manifest.langgraph_version ?? "", ...topology]);
  }
  const shapes = tried.flatMap(({ graph_id, shape }) => (shape === undefined ? [] : [[graph_id, shape] as const]));
  write(at("manifest.json"), manifest);
  write(at(SHAPES_FILE), Object.fromEntries(shapes));
}

/** Readable by everybody, like all files of an artefact. */
function write(file: string, content: object): void {
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  chmodSync(file, 0o644);
}
