/** Versions of an assistant, newest first. */
import type { AssistantVersionsQuery } from "../../protocol/assistant.ts";
import { contains } from "../json/contains.ts";
import type { Ports } from "../ports.ts";
import { type AssistantVersion, versionOf } from "./assistant-row.ts";
import { findStored } from "./find-assistant.ts";

/** undefined for an unknown assistant. */
export async function readVersions(
  ports: Pick<Ports, "engine" | "assistants">,
  id: string,
  { metadata = {}, limit, offset }: AssistantVersionsQuery,
): Promise<AssistantVersion[] | undefined> {
  const found = await findStored(ports, id);
  if (!found) return undefined;
  const matches: AssistantVersion[] = [];
  for await (const page of found.row ? ports.assistants.versions(found.row) : [[versionOf(found.assistant)]]) {
    matches.push(...page.filter((version) => contains(version.metadata, metadata)));
    if (matches.length >= offset + limit) break;
  }
  return matches.slice(offset, offset + limit);
}
