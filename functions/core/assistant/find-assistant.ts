/** Finds an assistant by uuid or graph id. What is stored counts before what is computed. */
import type { Assistant } from "../../protocol/assistant.ts";
import { Uuid } from "../../protocol/json.ts";
import type { Ports } from "../ports.ts";
import { type AssistantRow, resourceOf } from "./assistant-row.ts";
import { systemAssistants } from "./system-assistants.ts";

type AssistantPorts = Pick<Ports, "engine" | "assistants">;

/** Computed, stored, or a stored change of a computed one. */
export type Found =
  | { row: undefined; assistant: Assistant; system: true }
  | { row: AssistantRow; assistant: Assistant; system: boolean };

export async function findStored({ engine, assistants }: AssistantPorts, id: string): Promise<Found | undefined> {
  const known = systemAssistants(engine);
  const named = known.find(({ graph_id }) => graph_id === id);
  const wanted = named ? { success: true, data: named.assistant_id } : Uuid.safeParse(id);
  if (!wanted.success || wanted.data === undefined) return undefined;
  const system = named ?? known.find(({ assistant_id }) => assistant_id === wanted.data);
  const row = await assistants.get(wanted.data);
  if (!row) return system && { row, assistant: system, system: true };
  if (row.system && !system) return undefined;
  return { row, assistant: resourceOf(row), system: system !== undefined };
}

export async function findAssistant(ports: AssistantPorts, id: string): Promise<Assistant | undefined> {
  return (await findStored(ports, id))?.assistant;
}
