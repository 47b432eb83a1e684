/** The thread log on DynamoDB: one item a slot, put once, never changed (design 3). */
import { GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { ThreadLog } from "../../core/log/log-port.ts";
import { POLL_IDLE, READ_SLOTS } from "../../core/log/timings.ts";
import { slotKey, slotOf } from "../table/keys.ts";
import type { TableOptions } from "../table/table-options.ts";
import { isExpired, slotItem, toSlot } from "./slot-items.ts";
import { putAlone, putTogether } from "./slot-puts.ts";

export function createThreadLog(options: TableOptions): ThreadLog {
  const { client, table: TableName, clock, retentionMs, wake } = options;
  const put = options.slotsTogether ? putTogether(options) : putAlone(options);
  return {
    async append(thread_id, slot) {
      if ((await put(slotItem(thread_id, slot, retentionMs), slot.payload.length)) === "refused") {
        const Key = slotKey(thread_id, slot.slot);
        const there = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
        if (there.Item?.["i"] !== slot.nonce) return "fenced";
      }
      wake?.notify(thread_id, slot);
      return "appended";
    },

    async read(thread_id, after, { consistent = false, limit = READ_SLOTS } = {}) {
      const recent = consistent ? [] : (wake?.recent(thread_id, after, limit) ?? []);
      const expired = clock.now() - retentionMs;
      if (recent.length && recent.every(({ written_at }) => written_at > expired)) return recent;
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "pk = :pk AND sk > :after",
          ExpressionAttributeValues: { ":pk": slotKey(thread_id, 0).pk, ":after": slotKey(thread_id, after).sk },
          ConsistentRead: consistent,
          Limit: limit,
        }),
      );
      const now = clock.now();
      return Items.filter((item) => !isExpired(item, now)).map((item) => toSlot(item, retentionMs));
    },

    async tail(thread_id) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": slotKey(thread_id, 0).pk },
          ProjectionExpression: "pk, sk",
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: 1,
        }),
      );
      const last = Items[0];
      return last ? slotOf({ pk: slotKey(thread_id, 0).pk, sk: String(last["sk"]) }) : 0;
    },

    // A reader that is woken for every slot need not poll often.
    async changed(thread_id, after, ms, signal) {
      if (wake) await wake.wait(thread_id, after, Math.max(ms, POLL_IDLE), signal);
      else await clock.sleep(ms, signal);
    },
  };
}
