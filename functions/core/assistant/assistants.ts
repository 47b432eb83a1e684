/** Assistants of this release: one for each graph of the project, computed, never stored (Agent Server API). */
import { createHash } from "node:crypto";
import type { Assistant, AssistantSearch } from "../../protocol/assistant.ts";
import { contains } from "../json/contains.ts";
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

type Graphs = Pick<Engine, "graphs" | "builtAt">;

function systemAssistants(engine: Graphs): Assistant[] {
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

/** By uuid or by graph id, everywhere an assistant is named. */
export function findAssistant(engine: Graphs, id: string): Assistant | undefined {
  const wanted = id.toLowerCase();
  return systemAssistants(engine).find(({ assistant_id, graph_id }) => graph_id === id || assistant_id === wanted);
}

/** `total` counts all matches, not only the page. */
export function searchAssistants(
  engine: Graphs,
  query: Pick<AssistantSearch, "metadata" | "graph_id" | "name" | "limit" | "offset" | "sort_by" | "sort_order">,
): { page: Assistant[]; total: number } {
  const name = query.name?.toLowerCase();
  const matches = systemAssistants(engine).filter(
    (assistant) =>
      (query.graph_id === undefined || assistant.graph_id === query.graph_id) &&
      (name === undefined || assistant.name.toLowerCase().includes(name)) &&
      contains(assistant.metadata, query.metadata ?? {}),
  );
  const key = query.sort_by ?? "created_at";
  const sign = query.sort_order === "asc" ? 1 : -1;
  const ordered = matches.toSorted(
    (a, b) => sign * a[key].localeCompare(b[key]) || a.assistant_id.localeCompare(b.assistant_id),
  );
  return { page: ordered.slice(query.offset, query.offset + query.limit), total: matches.length };
}
