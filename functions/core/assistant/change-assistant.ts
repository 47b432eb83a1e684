/**
 * A patch makes a new version; an earlier version can be chosen again. The assistant of a graph is stored with its first change. Runs that
 * exist keep what they were created with.
 */
import type { Assistant, AssistantPatch } from "../../protocol/assistant.ts";
import { tooLarge } from "../json/size-limits.ts";
import type { Ports } from "../ports.ts";
import { type AssistantRow, type AssistantVersion, resourceOf, versionOf } from "./assistant-row.ts";
import { storedSettings } from "./assistant-settings.ts";
import { type Found, findStored } from "./find-assistant.ts";
import { isServed, unknownGraph } from "./system-assistants.ts";

type AssistantPorts = Pick<Ports, "clock" | "ids" | "engine" | "assistants">;

export type ChangeResult =
  | { kind: "changed"; assistant: Assistant }
  | { kind: "not_found" | "invalid"; detail: string };

const NOT_FOUND: ChangeResult = { kind: "not_found", detail: "Assistant not found" };

/** Config and context are replaced, metadata is merged shallowly, what is absent stays. */
export async function patchAssistant(ports: AssistantPorts, id: string, body: AssistantPatch): Promise<ChangeResult> {
  for (;;) {
    const found = await findStored(ports, id);
    if (!found) return NOT_FOUND;
    const { assistant } = found;
    const graph_id = body.graph_id ?? assistant.graph_id;
    if (!isServed(ports.engine, graph_id)) return { kind: "not_found", detail: unknownGraph(ports.engine, graph_id) };
    const metadata = { ...assistant.metadata, ...body.metadata };
    const { config, context } = settingsAfter(assistant, body);
    const large = tooLarge({ metadata, config, context });
    if (large) return { kind: "invalid", detail: large };
    const newest = (found.row?.newest ?? assistant.version) + 1;
    const row = {
      ...rowOf(ports, found),
      graph_id,
      name: body.name ?? assistant.name,
      description: body.description ?? assistant.description,
      config,
      context,
      metadata,
      version: newest,
      newest,
    };
    const versions = [versionOf(resourceOf(row)), ...(found.row ? [] : [versionOf(assistant)])];
    if (await isPut(ports, found, row, versions)) return { kind: "changed", assistant: resourceOf(row) };
  }
}

/** The numbers of later versions still follow the greatest. */
export async function chooseVersion(ports: AssistantPorts, id: string, version: number): Promise<ChangeResult> {
  for (;;) {
    const found = await findStored(ports, id);
    if (!found) return NOT_FOUND;
    const chosen = await versionIn(ports, found, version);
    if (!chosen) return { kind: "not_found", detail: "Assistant version not found" };
    // Nothing but version 1 was ever there.
    if (!found.row) return { kind: "changed", assistant: found.assistant };
    const { created_at } = found.assistant;
    const row = { ...rowOf(ports, found), ...chosen, created_at };
    if (await isPut(ports, found, row, [])) return { kind: "changed", assistant: resourceOf(row) };
  }
}

/** Settings that replace the config's, or the context, alone replace both. */
function settingsAfter({ config, context }: Assistant, patch: AssistantPatch) {
  const { configurable: _, ...others } = config;
  const kept = patch.context === undefined ? config : others;
  const left = patch.config?.["configurable"] === undefined ? context : {};
  return storedSettings(patch.config ?? kept, patch.context ?? left);
}

async function versionIn(
  { assistants }: AssistantPorts,
  { row, assistant }: Found,
  version: number,
): Promise<AssistantVersion | undefined> {
  if (row) return assistants.version(row, version);
  return version === assistant.version ? versionOf(assistant) : undefined;
}

/** The row to write, as of now. */
function rowOf({ clock, ids }: AssistantPorts, { row, assistant, system }: Found): AssistantRow {
  const updated_at = new Date(clock.now()).toISOString();
  if (row) return { ...row, updated_at, rev: row.rev + 1 };
  return { ...assistant, updated_at, born: ids.nonce(), newest: 1, rev: 1, ...(system && { system }) };
}

async function isPut(
  { assistants, ids }: AssistantPorts,
  found: Found,
  row: AssistantRow,
  versions: AssistantVersion[],
): Promise<boolean> {
  return (await assistants.put({ row, seen: found.row?.rev, versions }, ids.nonce())) === "put";
}
