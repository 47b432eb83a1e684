/** Thread rows: read consistently, written whole on condition of their revision (model rule createOnThreadRevision). */
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { asOf } from "../../core/thread/lifetime.ts";
import type { Threads } from "../../core/thread/thread-port.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { revisionIs } from "../table/conditions.ts";
import { threadExpiry } from "../table/expiry.ts";
import { threadKey } from "../table/keys.ts";
import { readItem } from "../table/read-item.ts";
import { threadItem, toThread } from "../table/row-items.ts";
import type { TableOptions } from "../table/table-options.ts";
import { conditional } from "../table/update-expression.ts";
import { listThreads, readThreads } from "./list-threads.ts";

export function createThreads(options: TableOptions): Threads {
  const { client, table: TableName, clock, retentionMs } = options;
  return {
    list: (query) => listThreads(options, query),
    getMany: (thread_ids) => readThreads(options, thread_ids),

    async get(thread_id) {
      const item = await readItem(options, threadKey(thread_id));
      return item && asOf(toThread(item), clock.now());
    },

    async put({ row, seen }, put_by) {
      const Item = { ...threadItem(row, threadExpiry(row, clock.now(), retentionMs)), put_by };
      const put = new PutCommand({
        TableName,
        Item,
        ...conditional(revisionIs(seen)),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      const attempt = await attemptWrite(clock, () => client.send(put));
      if (attempt.kind === "ok") return "put";
      // The SDK repeats a put whose answer was lost, so the row that fails our condition may be our own. Two callers may put the same row.
      return attempt.item?.["put_by"]?.S === put_by ? "put" : "conflict";
    },
  };
}
