/** Creates an assistant of a served graph, as its version 1. */
import type { Assistant, AssistantCreate } from "../../protocol/assistant.ts";
import { tooLarge } from "../json/size-limits.ts";
import type { Ports } from "../ports.ts";
import { type AssistantRow, resourceOf, versionOf } from "./assistant-row.ts";
import { storedSettings } from "./assistant-settings.ts";
import { findStored } from "./find-assistant.ts";
import { isServed, unknownGraph } from "./system-assistants.ts";

type AssistantPorts = Pick<Ports, "clock" | "ids" | "engine" | "assistants">;

export type CreateAssistantResult =
  | { kind: "created" | "found"; assistant: Assistant }
  | { kind: "exists" | "invalid" | "not_found"; detail: string };

/** `do_nothing` gives the stored one back, unchanged. */
export async function createAssistant(ports: AssistantPorts, body: AssistantCreate): Promise<CreateAssistantResult> {
  const { graph_id, metadata = {}, name = "Untitled", description = null } = body;
  if (!isServed(ports.engine, graph_id)) return { kind: "not_found", detail: unknownGraph(ports.engine, graph_id) };
  const { config, context } = storedSettings(body.config ?? {}, body.context ?? {});
  const large = tooLarge({ metadata, config, context });
  if (large) return { kind: "invalid", detail: large };
  const assistant_id = body.assistant_id ?? ports.ids.uuid7();

  for (;;) {
    const seen = body.assistant_id === undefined ? undefined : await findStored(ports, assistant_id);
    if (seen)
      return body.if_exists === "do_nothing"
        ? { kind: "found", assistant: seen.assistant }
        : { kind: "exists", detail: `Assistant ${assistant_id} already exists` };
    const now = new Date(ports.clock.now()).toISOString();
    const row: AssistantRow = {
      assistant_id,
      graph_id,
      name,
      description,
      version: 1,
      config,
      context,
      metadata,
      created_at: now,
      updated_at: now,
      born: ports.ids.nonce(),
      newest: 1,
      rev: 1,
    };
    const assistant = resourceOf(row);
    const write = { row, seen: undefined, versions: [versionOf(assistant)] };
    if ((await ports.assistants.put(write, ports.ids.nonce())) === "put") return { kind: "created", assistant };
  }
}
