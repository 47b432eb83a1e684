/** The JSON Schemas of one graph: as declared by Zod or a `StateSchema`, else what its channels tell. Never fails. */
import type { GraphSchemas } from "../../../protocol/graph-shape.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import { toPlainObject } from "../events/to-json.ts";
import type { Bridge, Graph } from "../langgraph.ts";
import { channelsSchema, type Declaration } from "./channel-schemas.ts";

/** @param graph_id of the graph that is served; a subgraph has none of its own */
export async function graphSchemas(graph: Graph, graph_id: string, { lg, schemas }: Bridge): Promise<GraphSchemas> {
  // A version that has none declares none.
  const readers: Record<string, unknown> = (await schemas?.().catch(() => undefined)) ?? {};
  const read = (reader: string, declaration: Declaration): JsonObject | undefined =>
    declared(readers[reader], graph) ?? channelsSchema(graph.builder, declaration, lg);
  // An annotation of the config is for the compiler alone.
  const settings = declared(readers["getConfigTypeSchema"], graph) ?? null;
  return {
    graph_id,
    input_schema: read("getInputTypeSchema", "_inputDefinition") ?? {},
    output_schema: read("getOutputTypeSchema", "_outputDefinition") ?? {},
    state_schema: read("getStateTypeSchema", "_schemaDefinition") ?? {},
    // LangGraph's JavaScript has one declaration for both.
    config_schema: settings,
    context_schema: settings,
  };
}

/** undefined for a graph without, and for a schema that JSON Schema cannot express. */
function declared(reader: unknown, graph: Graph): JsonObject | undefined {
  if (typeof reader !== "function") return undefined;
  try {
    const schema = (reader as (graph: Graph) => unknown)(graph);
    return schema === undefined ? undefined : toPlainObject(schema, "A schema");
  } catch {
    return undefined;
  }
}
