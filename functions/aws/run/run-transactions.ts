/**
 * The writes that span rows: create, admission of a delayed run, finish, and the end of a queued run. Each is one transaction on named
 * conditions (design 2).
 */
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Slot } from "../../core/log/slot.ts";
import type { CreateTransaction, Runs } from "../../core/run/run-ports.ts";
import { goesWithThread, type RunRef } from "../../core/run/run-row.ts";
import { KEY_LIFETIME } from "../../core/run/timings.ts";
import type { ThreadWrite } from "../../core/thread/thread-port.ts";
import type { WebhookDue } from "../../core/webhook/webhook-ports.ts";
import { closedItem } from "../checkpoint/closed-claims.ts";
import { slotItem } from "../log/slot-items.ts";
import { attemptTransaction } from "../table/attempt-write.ts";
import {
  both,
  cancelAsSeen,
  delayedStill,
  isNew,
  keyIsFree,
  notFinal,
  ownedBy,
  pendingStill,
  revisionIs,
  statusIs,
} from "../table/conditions.ts";
import { expiry, threadExpiry, ttlAt } from "../table/expiry.ts";
import { dueShard, idempotencyKey, inputKey, pointerKey, runKey, webhookKey } from "../table/keys.ts";
import { fieldsOf, runItem, threadItem } from "../table/row-items.ts";
import type { TableOptions } from "../table/table-options.ts";
import { conditional, type Update, updateExpression } from "../table/update-expression.ts";
import { ACTIVE_RUN_FIELDS, activeRunFields } from "../thread/thread-indexes.ts";

type Supersede = NonNullable<CreateTransaction["supersede"]>;
type Write = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

export function createRunTransactions(
  options: TableOptions,
): Pick<Runs, "create" | "admit" | "finish" | "endQueued" | "remove"> {
  const { client, table: TableName, clock, retentionMs, wake } = options;
  const send = (TransactItems: Write[]) =>
    attemptTransaction(() => client.send(new TransactWriteCommand({ TransactItems })));

  /** The closed claim of a temporary thread expires with it. */
  const closedTtl = ({ row }: ThreadWrite) => {
    const ttl = threadExpiry(row, clock.now(), retentionMs);
    return ttl === undefined ? {} : { ttl };
  };
  /** @param begins ms since 1970: a temporary thread is kept for a run that begins then */
  const putThread = ({ row, seen }: ThreadWrite, begins = clock.now()): Write => ({
    Put: {
      TableName,
      Item: threadItem(row, threadExpiry(row, begins, retentionMs)),
      ...conditional(revisionIs(seen)),
    },
  });
  const putSlot = (thread_id: string, slot: Slot): Write => ({
    Put: { TableName, Item: slotItem(thread_id, slot, retentionMs), ...conditional(isNew) },
  });
  const updateRun = ({ thread_id, run_id }: RunRef, change: Update): Write => {
    return { Update: { TableName, Key: runKey(thread_id, run_id), ...updateExpression(change) } };
  };

  const putKey = (
    { thread_id, run_id }: RunRef,
    { key, fingerprint, now, dead }: NonNullable<CreateTransaction["key"]>,
  ): Write => ({
    Put: {
      TableName,
      Item: { ...idempotencyKey(key), thread_id, run_id, fingerprint, ttl: ttlAt(now + KEY_LIFETIME) },
      ...conditional(keyIsFree(now, dead)),
    },
  });
  const putWebhooks = (thread_id: string, webhooks: WebhookDue[]): Write[] =>
    webhooks.map(({ run_id, due }) => ({
      Put: { TableName, Item: { ...webhookKey(thread_id, run_id), tries: 0, due, due_shard: dueShard(run_id) } },
    }));
  /** Waiting runs end here. The active one gets the intent; its worker or the canceller ends it. */
  const endSuperseded = (thread_id: string, { active, queued, intent, ended_at, webhooks }: Supersede): Write[] => {
    const status = intent === "rollback" ? "rolled_back" : "interrupted";
    const ends = queued.map((run_id) =>
      updateRun({ thread_id, run_id }, { set: { status, ended_at, updated_at: ended_at }, condition: pendingStill }),
    );
    ends.push(...putWebhooks(thread_id, webhooks));
    if (active === undefined) return ends;
    return [
      updateRun({ thread_id, run_id: active }, { set: {}, keep: { cancel: intent }, condition: notFinal }),
      ...ends,
    ];
  };

  return {
    async create({ run, thread, input, first, due, supersede, key }) {
      const { run_id, thread_id } = run;
      const begins = run.starts_at ?? clock.now();
      const ttl = goesWithThread(run) ? { ttl: expiry(begins, retentionMs) } : {};
      const Item = {
        ...runItem(run, undefined),
        ...ttl,
        ...(due !== undefined && {
          due,
          ...(first ? activeRunFields(thread.row, run_id) : { due_shard: dueShard(run_id) }),
        }),
      };
      const writes: Write[] = [
        { Put: { TableName, Item, ...conditional(isNew) } },
        putThread(thread, begins),
        { Put: { TableName, Item: { ...pointerKey(run_id), thread_id, ...ttl } } },
      ];
      if (input) writes.push({ Put: { TableName, Item: { ...inputKey(run_id, 0), data: input, ...ttl } } });
      if (first) writes.push(putSlot(thread_id, first));
      if (key) writes.push(putKey(run, key));
      if (supersede) writes.push(...endSuperseded(thread_id, supersede));
      if ((await send(writes)) === "refused") return "conflict";
      if (first) wake?.notify(thread_id, first);
      return "created";
    },

    async admit({ run, now, thread, first, waits, due }) {
      const active = first && {
        log_start: first.slot,
        due,
        ...activeRunFields(thread.row, run.run_id),
        send_count: 1,
        waits,
      };
      const change = {
        set: { claimable_since: now, sent_at: now, ...active },
        remove: ["starts_at"],
        condition: delayedStill,
      };
      if (!active) change.remove.push(...ACTIVE_RUN_FIELDS);
      const writes = [updateRun(run, change), putThread(thread)];
      if (first) writes.push(putSlot(run.thread_id, first));
      if ((await send(writes)) === "refused") return "contended";
      if (first) wake?.notify(run.thread_id, first);
      return "admitted";
    },

    async finish({ run, owner, seen_cancel, result, end, thread, closed, webhooks, next }) {
      const { thread_id } = run;
      const set = { ...fieldsOf(result), updated_at: result.ended_at, lease_until: 0 };
      const writes: Write[] = [
        putSlot(thread_id, end),
        updateRun(run, {
          set,
          remove: ACTIVE_RUN_FIELDS,
          condition: both(ownedBy(owner), cancelAsSeen(seen_cancel)),
        }),
        putThread(thread),
        {
          Put: {
            TableName,
            Item: {
              ...closedItem(thread_id, { ...closed, by: closed.claim.epoch, final: true }),
              ...closedTtl(thread),
            },
          },
        },
      ];
      writes.push(...putWebhooks(thread_id, webhooks));
      if (next) {
        const { run_id, first, now, due, waits } = next;
        const promoted = {
          log_start: first.slot,
          claimable_since: now,
          sent_at: now,
          send_count: 1,
          due,
          ...activeRunFields(thread.row, run_id),
          waits,
        };
        writes.push(
          putSlot(thread_id, first),
          updateRun({ thread_id, run_id }, { set: promoted, condition: pendingStill }),
        );
      }
      if ((await send(writes)) === "refused") return "contended";
      for (const slot of next ? [end, next.first] : [end]) wake?.notify(thread_id, slot);
      return "finished";
    },

    async endQueued({ run, status, ended_at, thread, webhooks }) {
      const set = { status, ended_at, updated_at: ended_at };
      const writes = [
        updateRun(run, { set, remove: ACTIVE_RUN_FIELDS, condition: pendingStill }),
        putThread(thread),
        ...putWebhooks(run.thread_id, webhooks),
      ];
      return (await send(writes)) === "refused" ? "contended" : "finished";
    },

    async remove({ run, thread }) {
      const { log_start, epoch, ended_at, status } = run;
      const set = { status: "deleted", metadata: "{}", updated_at: ended_at };
      const writes = [updateRun(run, { set, condition: statusIs(status) }), putThread(thread)];
      if (log_start !== undefined) {
        const closing = { claim: { log_start, epoch }, after: "", by: epoch, undone: true, final: true };
        const Item = { ...closedItem(run.thread_id, closing), ...closedTtl(thread) };
        writes.push({ Put: { TableName, Item } });
      }
      return (await send(writes)) === "refused" ? "contended" : "removed";
    },
  };
}
