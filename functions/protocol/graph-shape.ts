/** What packaging records about each graph that it could load: `shapes.json` beside the manifest, read by the engine when it is asked for. */
import { z } from "zod";
import { AnyJson, JsonObject } from "./json.ts";

const Schemas = z.object({
  graph_id: z.string(),
  input_schema: JsonObject,
  output_schema: JsonObject,
  state_schema: JsonObject,
  config_schema: JsonObject.nullable(),
  context_schema: JsonObject.nullable(),
});

export const GraphShape = z.object({
  schemas: Schemas,
  /** By namespace, at all depths. */
  subgraphs: z.record(z.string(), Schemas),
  /** By the depth to which subgraphs are drawn, from 0. The last one has them all. */
  drawings: z.array(z.object({ nodes: z.array(AnyJson), edges: z.array(AnyJson) })),
});
export type GraphShape = z.infer<typeof GraphShape>;

/** By graph id. Graphs of factories are not among them: each config makes another one. */
export const GraphShapes = z.record(z.string(), GraphShape);
export type GraphShapes = z.infer<typeof GraphShapes>;

/** Name of the file. */
export const SHAPES_FILE = "shapes.json";
