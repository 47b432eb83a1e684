/** The port Crons on DynamoDB: row, payload, entry in the listing, and a note on the thread of a cron that has one. */
import { PutCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { CronRow, Crons } from "../../core/cron/cron-port.ts";
import { LISTED_CRONS } from "../../core/cron/limits.ts";
import { attemptTransaction, attemptWrite } from "../table/attempt-write.ts";
import { revisionIs } from "../table/conditions.ts";
import { queryAll, readBatch, type Table, writeBatch } from "../table/item-batches.ts";
import {
  CRON_PREFIX,
  cronKey,
  cronListPartitions,
  cronOfThreadKey,
  cronPayloadKey,
  dueShard,
  listedCronKey,
  threadKey,
} from "../table/keys.ts";
import { fieldOf, isBytes } from "../table/read-fields.ts";
import { readItem } from "../table/read-item.ts";
import { conditional } from "../table/update-expression.ts";
import { rowItem, toCron } from "./cron-items.ts";

export function createCrons(options: Table): Crons {
  const { client, table: TableName, clock } = options;
  const put = (Item: Record<string, unknown>, condition = {}) => ({ Put: { TableName, Item, ...condition } });

  const remove: Crons["remove"] = async ({ cron_id, thread_id }) => {
    const keys = [cronKey(cron_id), cronPayloadKey(cron_id), listedCronKey(cron_id)];
    if (thread_id !== null) keys.push(cronOfThreadKey(thread_id, cron_id));
    await writeBatch(
      options,
      keys.map((key) => ({ remove: key })),
    );
  };

  return {
    remove,

    async put({ row, seen, payload }) {
      const { cron_id, thread_id, gen } = row;
      const due = row.enabled && row.next_run_at !== null ? { due: row.next_run_at, due_shard: dueShard(cron_id) } : {};
      const item = { ...rowItem(row), ...due };
      const TransactItems = [put(item, conditional(revisionIs(seen)))];
      if (payload) TransactItems.push(put({ ...cronPayloadKey(cron_id), data: payload }));
      if (seen === undefined) {
        TransactItems.push(put({ ...listedCronKey(cron_id) }));
        if (thread_id !== null) TransactItems.push(put({ ...cronOfThreadKey(thread_id, cron_id), gen }));
      }
      if (payload !== undefined || seen === undefined) {
        const sent = await attemptTransaction(() => client.send(new TransactWriteCommand({ TransactItems })));
        return sent === "ok" ? "put" : "conflict";
      }
      const single = new PutCommand({ TableName, Item: item, ...conditional(revisionIs(seen)) });
      return (await attemptWrite(clock, () => client.send(single))).kind === "ok" ? "put" : "conflict";
    },

    async get(cron_id) {
      const item = await readItem(options, cronKey(cron_id));
      return item && toCron(item);
    },

    async payload(cron_id) {
      const item = await readItem(options, cronPayloadKey(cron_id));
      return item && fieldOf(item, "data", isBytes);
    },

    async list() {
      const pages = await Promise.all(
        cronListPartitions().map((pk) => queryAll(options, { pk, prefix: "", only: "sk" })),
      );
      const ids = pages.flat().map(({ sk }) => sk);
      if (ids.length > LISTED_CRONS) return "too_many";
      const rows: CronRow[] = (await readBatch(options, ids.map(cronKey), true)).map(toCron);
      return rows;
    },

    async removeOfThread(thread_id, gen) {
      const notes = await queryAll(options, { pk: threadKey(thread_id).pk, prefix: CRON_PREFIX });
      const old = notes.filter((note) => Number(note["gen"]) <= gen);
      await Promise.all(old.map(({ sk }) => remove({ cron_id: sk.slice(CRON_PREFIX.length), thread_id })));
    },
  };
}
