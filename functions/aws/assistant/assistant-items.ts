/** Assistants, their versions and their listing as items, and back, checked. */
import { z } from "zod";
import type { AssistantRow, AssistantVersion, ListedAssistant } from "../../core/assistant/assistant-row.ts";
import { LISTED_METADATA_BYTES } from "../../core/assistant/limits.ts";
import { JsonObject } from "../../protocol/json.ts";
import type { Item } from "../table/item-batches.ts";
import { assistantKey, listedKey, versionKey } from "../table/keys.ts";

/** Nested values are text: marshalling them one by one costs more and loses numbers. */
const JsonText = z.string().transform((text): JsonObject => JsonObject.parse(JSON.parse(text)));

const Version = z.object({
  assistant_id: z.string(),
  graph_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  version: z.number(),
  config: JsonText,
  context: JsonText,
  metadata: JsonText,
  created_at: z.string(),
});
const Row = Version.extend({
  updated_at: z.string(),
  born: z.string(),
  newest: z.number(),
  rev: z.number(),
  system: z.literal(true).optional(),
});
const Listed = z.object({
  sk: z.string(),
  graph_id: z.string(),
  name: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  metadata: JsonText.optional(),
  system: z.literal(true).optional(),
});

const written = <T extends AssistantVersion>(row: T) => ({
  ...row,
  config: JSON.stringify(row.config),
  context: JSON.stringify(row.context),
  metadata: JSON.stringify(row.metadata),
});

export const rowItem = (row: AssistantRow): Item => ({ ...written(row), ...assistantKey(row.assistant_id) });

export const versionItem = (born: string, version: AssistantVersion): Item => ({
  ...written(version),
  ...versionKey(version.assistant_id, born, version.version),
});

export function listedItem({ assistant_id, graph_id, name, created_at, updated_at, metadata, system }: AssistantRow) {
  const text = JSON.stringify(metadata);
  const isShort = Buffer.byteLength(text) <= LISTED_METADATA_BYTES;
  return {
    ...listedKey(assistant_id),
    graph_id,
    name,
    created_at,
    updated_at,
    ...(isShort && { metadata: text }),
    ...(system && { system }),
  } satisfies Item;
}

export const toAssistant = (item: object): AssistantRow => Row.parse(item);
export const toVersion = (item: object): AssistantVersion => Version.parse(item);
export function toListed(item: object): ListedAssistant {
  const { sk: assistant_id, ...listed } = Listed.parse(item);
  return { assistant_id, ...listed };
}
