/** Webhook rows: in the index `by-due` until they are delivered or given up. */
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Webhooks } from "../../core/webhook/webhook-ports.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { triedAsSeen } from "../table/conditions.ts";
import type { Table } from "../table/item-batches.ts";
import { webhookKey } from "../table/keys.ts";
import { fieldOf, isNumber } from "../table/read-fields.ts";
import { readItem } from "../table/read-item.ts";
import { updateExpression } from "../table/update-expression.ts";

export function createWebhooks({ client, table, clock }: Table): Webhooks {
  const TableName = table;
  return {
    async claim({ thread_id, run_id }, { now, due, mine }) {
      const Key = webhookKey(thread_id, run_id);
      const item = await readItem({ client, table }, Key);
      if (!item) return "held";
      const seen = fieldOf(item, "tries", isNumber);
      if (fieldOf(item, "due", isNumber) > now && seen !== mine) return "held";
      const set = { tries: seen + 1, due: due(seen + 1) };
      const change = updateExpression({ set, condition: triedAsSeen(seen) });
      const { kind } = await attemptWrite(clock, () => client.send(new UpdateCommand({ TableName, Key, ...change })));
      return kind === "ok" ? { tries: set.tries } : "held";
    },

    async remove({ thread_id, run_id }) {
      await client.send(new DeleteCommand({ TableName, Key: webhookKey(thread_id, run_id) }));
    },
  };
}
