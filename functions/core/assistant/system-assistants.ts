/** The assistants that every server has: one for each graph, computed from langgraph.json and LANGGRAPH_CONFIG (Agent Server API). */
import { createHash } from "node:crypto";
import type { Assistant } from "../../protocol/assistant.ts";
import type { Engine } from "../run/execute/engine-port.ts";
import { uuidText } from "../uuid-text.ts";

/** The namespace of the official server's uuid5; none of the four of the RFC. */
const NAMESPACE = Buffer.from("6ba7b8219dad11d180b400c04fd430c8", "hex");

/** The id that every LangGraph server gives to the assistant of a graph. */
export function systemAssistantId(graph_id: string): string {
  const hash = createHash("sha1").update(NAMESPACE).update(graph_id).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidText(hash);
}

export type Graphs = Pick<Engine, "graphs" | "builtAt">;

export function systemAssistants(engine: Graphs): Assistant[] {
  const created_at = engine.builtAt();
  return engine.graphs().map(({ graph_id, description, config = {}, context = {} }) => ({
    assistant_id: systemAssistantId(graph_id),
    graph_id,
    name: graph_id,
    description,
    version: 1,
    config,
    context,
    metadata: { created_by: "system" },
    created_at,
    updated_at: created_at,
  }));
}

export const isServed = (engine: Graphs, graph_id: string): boolean =>
  engine.graphs().some((graph) => graph.graph_id === graph_id);

/** What is wrong with a graph that an assistant is to have. */
export const unknownGraph = (engine: Graphs, graph_id: string): string =>
  `Graph "${graph_id}" not found. Must be one of: ${engine
    .graphs()
    .map((graph) => graph.graph_id)
    .join(", ")}`;
