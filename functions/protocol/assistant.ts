/** The Assistant resource. */
import { z } from "zod";
import { absentable, type Json, JsonObject } from "./json.ts";

export interface Assistant {
  assistant_id: string;
  graph_id: string;
  name: string;
  description: string | null;
  version: number;
  config: JsonObject;
  context: JsonObject;
  metadata: JsonObject;
  created_at: string;
  updated_at: string;
}

/** JSON Schemas of what a graph takes, keeps and gives; `{}` says nothing, `null` that the graph declares none. */
export interface GraphSchemas {
  graph_id: string;
  input_schema: JsonObject;
  output_schema: JsonObject;
  state_schema: JsonObject;
  config_schema: JsonObject | null;
  context_schema: JsonObject | null;
}

/** Nodes and edges to draw, as LangGraph's own `toJSON` says them. */
export interface Drawing {
  nodes: Json[];
  edges: Json[];
}

const ASSISTANT_FIELDS = [
  "assistant_id",
  "graph_id",
  "name",
  "description",
  "version",
  "config",
  "context",
  "metadata",
  "created_at",
  "updated_at",
] as const;

export const AssistantSearch = z.object({
  metadata: absentable(JsonObject),
  graph_id: absentable(z.string()),
  name: absentable(z.string()),
  limit: absentable(z.int().min(1).max(1000)).transform((limit) => limit ?? 10),
  offset: absentable(z.int().min(0)).transform((offset) => offset ?? 0),
  sort_by: absentable(z.enum(["assistant_id", "created_at", "updated_at", "name", "graph_id"])),
  sort_order: absentable(z.enum(["asc", "desc"])),
  select: absentable(z.array(z.enum(ASSISTANT_FIELDS))),
});
export type AssistantSearch = z.infer<typeof AssistantSearch>;
