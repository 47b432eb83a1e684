/** Assistants as tools: all of them, in pages, or one by its name. */
import type { Assistant } from "../../protocol/assistant.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Tool } from "../../protocol/mcp.ts";
import { LISTED_ASSISTANTS } from "../assistant/limits.ts";
import { readSchemas } from "../assistant/read-shape.ts";
import { listAssistants, type Listed, readListed } from "../assistant/search-assistants.ts";
import { systemAssistants } from "../assistant/system-assistants.ts";
import type { Ports } from "../ports.ts";
import { TOOLS_PAGE } from "./limits.ts";
import { toolNames } from "./tool-names.ts";

type ToolPorts = Pick<Ports, "engine" | "assistants" | "clock" | "logger">;

export type ListResult =
  /** `next`: the cursor of the next page. */
  { kind: "listed"; tools: Tool[]; next?: string } | { kind: "bad_cursor" | "too_many"; detail: string };

/** @param cursor of an earlier answer: the number of tools before it */
export async function listTools(ports: ToolPorts, cursor = "0"): Promise<ListResult> {
  if (!/^\d{1,6}$/.test(cursor)) return { kind: "bad_cursor", detail: "cursor: not one of this server" };
  const named = await namedAssistants(ports);
  if (!named) return { kind: "too_many", detail: `More than ${LISTED_ASSISTANTS} assistants cannot be listed.` };
  const from = Number(cursor);
  const page = [...named].slice(from, from + TOOLS_PAGE);
  const whole = await readListed(
    ports,
    page.map(([, listed]) => listed),
  );
  const byId = new Map(whole.map((assistant) => [assistant.assistant_id, assistant]));
  const tools = await Promise.all(
    page.flatMap(([name, { assistant_id }]) => {
      const assistant = byId.get(assistant_id);
      return assistant ? [toolOf(ports, name, assistant)] : [];
    }),
  );
  const end = from + TOOLS_PAGE;
  return { kind: "listed", tools, ...(end < named.size && { next: String(end) }) };
}

/** The assistant's id, or undefined if no tool has this name. */
export async function findTool(ports: ToolPorts, name: string): Promise<string | undefined> {
  return (await namedAssistants(ports))?.get(name)?.assistant_id;
}

async function namedAssistants(ports: ToolPorts): Promise<Map<string, Listed> | undefined> {
  const all = await listAssistants(ports, {});
  if (all === "too_many") return undefined;
  return toolNames(all, new Set(systemAssistants(ports.engine).map(({ assistant_id }) => assistant_id)));
}

async function toolOf(ports: ToolPorts, name: string, assistant: Assistant): Promise<Tool> {
  const { graph_id, config, context } = assistant;
  const { input_schema } = await readSchemas(ports, { graph_id, config, context });
  return {
    name,
    title: assistant.name,
    description: assistant.description ?? `Runs the graph "${graph_id}".`,
    inputSchema: objectSchema(input_schema),
  };
}

/** Arguments are always an object, and clients refuse a schema that does not say so. */
const objectSchema = (schema: JsonObject): JsonObject =>
  schema["type"] === undefined || schema["type"] === "object" ? { ...schema, type: "object" } : { type: "object" };
