/**
 * What a graph tells of itself: its drawing, its schemas and those of its subgraphs. Packaging records it for each graph that it could
 * load, in a file beside the manifest that the engine reads when somebody asks.
 */
import { z } from "zod";
import { AnyJson, JsonObject } from "./json.ts";

/** JSON Schemas of what a graph takes, keeps and gives; `{}` says nothing, `null` that the graph declares none. */
export const GraphSchemas = z.object({
  graph_id: z.string(),
  input_schema: JsonObject,
  output_schema: JsonObject,
  state_schema: JsonObject,
  config_schema: JsonObject.nullable(),
  context_schema: JsonObject.nullable(),
});
export type GraphSchemas = z.infer<typeof GraphSchemas>;

/** Nodes and edges to draw, as LangGraph's own `toJSON` says them. */
export const Drawing = z.object({ nodes: z.array(AnyJson), edges: z.array(AnyJson) });
export type Drawing = z.infer<typeof Drawing>;

export const GraphShape = z.object({
  schemas: GraphSchemas,
  /** By namespace, at all depths. */
  subgraphs: z.record(z.string(), GraphSchemas),
  /** By the depth to which subgraphs are drawn, from 0. The last one has them all. */
  drawings: z.array(Drawing),
});
export type GraphShape = z.infer<typeof GraphShape>;

/** By graph id. Graphs of factories are not among them: each config makes another one. */
export const RecordedShapes = z.record(z.string(), GraphShape);
export type RecordedShapes = z.infer<typeof RecordedShapes>;

/** Name of their file. */
export const SHAPES_FILE = "shapes.json";
