/**
 * The port StateUpdates on DynamoDB: thread row, slot, closed claim, heads and pending writes in one transaction. Large values are put
 * first, since nobody reads a segment before something refers to it.
 */
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { StateUpdates } from "../../core/checkpoint/update-port.ts";
import { slotItem } from "../log/slot-items.ts";
import { attemptTransaction } from "../table/attempt-write.ts";
import { type Condition, isNew, revisionIs } from "../table/conditions.ts";
import { threadExpiry } from "../table/expiry.ts";
import { TRANSACTION_ACTIONS } from "../table/limits.ts";
import { threadItem } from "../table/row-items.ts";
import type { TableOptions } from "../table/table-options.ts";
import { conditional } from "../table/update-expression.ts";
import { closedItem } from "./closed-claims.ts";
import { headItem } from "./heads.ts";
import { COMMITTED_HEAD_BYTES } from "./limits.ts";
import { createSegments } from "./segments.ts";
import { writesItems } from "./writes.ts";

export function createStateUpdates(options: TableOptions): StateUpdates {
  const { client, table: TableName, clock, retentionMs, wake } = options;
  const segments = createSegments(options);
  const put = (Item: Record<string, unknown>, condition?: Condition) => ({
    Put: { TableName, Item, ...(condition && conditional(condition)) },
  });

  return {
    async commit({ thread: { row, seen }, slot, claim, staged: { heads, writes } }) {
      const { thread_id } = row;
      const after = heads.map(({ checkpoint_id }) => checkpoint_id).reduce((a, b) => (a > b ? a : b), "");
      const items = [
        ...(await Promise.all(heads.map((head) => headItem(options, segments, head, COMMITTED_HEAD_BYTES)))),
        ...(await Promise.all(writes.map((task) => writesItems(segments, task)))).flat(),
      ];
      const TransactItems = [
        put(threadItem(row, threadExpiry(row, clock.now(), retentionMs)), revisionIs(seen)),
        put(slotItem(thread_id, slot, retentionMs), isNew),
        // Closed from the start: no later head can be of this claim, and readers need not look who may still hold it.
        put(closedItem(thread_id, { claim, after, by: claim.epoch, final: true })),
        ...items.map((item) => put(item)),
      ];
      if (TransactItems.length > TRANSACTION_ACTIONS) return "too_large";
      const result = await attemptTransaction(() => client.send(new TransactWriteCommand({ TransactItems })));
      if (result === "refused") return "contended";
      wake?.notify(thread_id, slot);
      return "committed";
    },
  };
}
