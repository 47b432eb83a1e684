/** Assistants, their versions and their listing as items, and back. Reads are `Impossible` if an item does not fit. */
import type { AssistantRow, AssistantVersion, ListedAssistant } from "../../core/assistant/assistant-row.ts";
import { LISTED_METADATA_BYTES } from "../../core/assistant/limits.ts";
import type { Item } from "../table/item-batches.ts";
import { assistantKey, listedKey, versionKey } from "../table/keys.ts";
import { fieldOf, isNumber, isObject, isText, parseField } from "../table/read-fields.ts";

/** Nested values are text: marshalling them costs more and loses numbers. */
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

const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const systemOf = (item: Item): { system?: true } => (item["system"] === true ? { system: true } : {});

export const toVersion = (item: Item): AssistantVersion => ({
  assistant_id: fieldOf(item, "assistant_id", isText),
  graph_id: fieldOf(item, "graph_id", isText),
  name: fieldOf(item, "name", isText),
  description: fieldOf(item, "description", isTextOrNull),
  version: fieldOf(item, "version", isNumber),
  config: parseField(item, "config", isObject),
  context: parseField(item, "context", isObject),
  metadata: parseField(item, "metadata", isObject),
  created_at: fieldOf(item, "created_at", isText),
});

export const toAssistant = (item: Item): AssistantRow => ({
  ...toVersion(item),
  updated_at: fieldOf(item, "updated_at", isText),
  born: fieldOf(item, "born", isText),
  newest: fieldOf(item, "newest", isNumber),
  rev: fieldOf(item, "rev", isNumber),
  ...systemOf(item),
});

export const toListed = (item: Item): ListedAssistant => ({
  assistant_id: item.sk,
  graph_id: fieldOf(item, "graph_id", isText),
  name: fieldOf(item, "name", isText),
  created_at: fieldOf(item, "created_at", isText),
  updated_at: fieldOf(item, "updated_at", isText),
  ...(item["metadata"] !== undefined && { metadata: parseField(item, "metadata", isObject) }),
  ...systemOf(item),
});
