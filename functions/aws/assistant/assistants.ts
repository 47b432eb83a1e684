/** Stored assistants: row, versions and entry in the listing, written in one transaction on condition of the revision that was read. */
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Assistants } from "../../core/assistant/assistant-port.ts";
import type { ListedAssistant } from "../../core/assistant/assistant-row.ts";
import { LISTED_ASSISTANTS } from "../../core/assistant/limits.ts";
import { attemptTransaction } from "../table/attempt-write.ts";
import { revisionIs } from "../table/conditions.ts";
import { queryAll, queryPages, readBatch, type Table, writeBatch } from "../table/item-batches.ts";
import { assistantKey, listedKey, listPartitions, versionKey, versionsPrefix } from "../table/keys.ts";
import { readItem } from "../table/read-item.ts";
import { conditional } from "../table/update-expression.ts";
import { listedItem, rowItem, toAssistant, toListed, toVersion, versionItem } from "./assistant-items.ts";

export function createAssistants(options: Table): Assistants {
  const { client, table: TableName } = options;

  return {
    async get(assistant_id) {
      const item = await readItem(options, assistantKey(assistant_id));
      return item && toAssistant(item);
    },

    async read(assistant_ids) {
      return (await readBatch(options, assistant_ids.map(assistantKey), true)).map(toAssistant);
    },

    async put({ row, seen, versions }, put_by) {
      const transaction = new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { ...rowItem(row), put_by }, ...conditional(revisionIs(seen)) } },
          { Put: { TableName, Item: listedItem(row) } },
          ...versions.map((version) => ({ Put: { TableName, Item: versionItem(row.born, version) } })),
        ],
      });
      if ((await attemptTransaction(() => client.send(transaction))) === "ok") return "put";
      // The SDK repeats a transaction whose answer was lost: the row that refuses us may be our own.
      return (await readItem(options, assistantKey(row.assistant_id)))?.["put_by"] === put_by ? "put" : "conflict";
    },

    async remove({ assistant_id, born, rev }) {
      const transaction = new TransactWriteCommand({
        TransactItems: [
          { Delete: { TableName, Key: assistantKey(assistant_id), ...conditional(revisionIs(rev)) } },
          { Delete: { TableName, Key: listedKey(assistant_id) } },
        ],
      });
      if ((await attemptTransaction(() => client.send(transaction))) === "refused") return "conflict";
      const range = { pk: assistantKey(assistant_id).pk, prefix: versionsPrefix(born), only: "pk, sk" };
      const items = await queryAll(options, range);
      await writeBatch(
        options,
        items.map(({ pk, sk }) => ({ remove: { pk, sk } })),
      );
      return "removed";
    },

    async version({ assistant_id, born }, version) {
      const item = await readItem(options, versionKey(assistant_id, born, version));
      return item && toVersion(item);
    },

    async *versions({ assistant_id, born }) {
      const range = { pk: assistantKey(assistant_id).pk, prefix: versionsPrefix(born), newestFirst: true };
      for await (const items of queryPages(options, range)) yield items.map(toVersion);
    },

    async list() {
      const found: ListedAssistant[] = [];
      const readShard = async (pk: string): Promise<void> => {
        for await (const items of queryPages(options, { pk, prefix: "" })) {
          found.push(...items.map(toListed));
          if (found.length > LISTED_ASSISTANTS) return;
        }
      };
      await Promise.all(listPartitions().map(readShard));
      return found.length > LISTED_ASSISTANTS ? "too_many" : found;
    },
  };
}
