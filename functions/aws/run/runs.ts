/**
 * Run rows: read consistently, changed by conditional writes (`conditions.ts` draws their life). Transactions are in `run-transactions.ts`.
 */
import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Impossible } from "../../core/failure/failure.ts";
import type { Due, Runs } from "../../core/run/run-ports.ts";
import type { RunningRun, RunRef, RunRow } from "../../core/run/run-row.ts";
import { asOf } from "../../core/thread/lifetime.ts";
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import { isExpired } from "../log/slot-items.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { fromAttributes } from "../table/attribute-values.ts";
import { notFinal, ownedBy, sentAsSeen, unclaimedAsSeen } from "../table/conditions.ts";
import { queryAll, readBatch, writeBatch } from "../table/item-batches.ts";
import {
  type Attributes,
  CRON_PREFIX,
  dueShards,
  idempotencyKey,
  inputKey,
  type Key,
  pointerKey,
  RUN_PREFIX,
  runKey,
  threadIdOf,
  threadKey,
  WEBHOOK_PREFIX,
  webhookKey,
} from "../table/keys.ts";
import { fieldOf, isNumber, isText } from "../table/read-fields.ts";
import { readItem } from "../table/read-item.ts";
import { toRun, toThread } from "../table/row-items.ts";
import type { TableOptions } from "../table/table-options.ts";
import { DUE } from "../table/table.ts";
import { type Update, updateExpression } from "../table/update-expression.ts";
import { createRunTransactions } from "./run-transactions.ts";

export function createRuns(options: TableOptions): Runs {
  const { client, table: TableName, clock } = options;

  const update = ({ thread_id, run_id }: RunRef, change: Update) =>
    attemptWrite(clock, () =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: runKey(thread_id, run_id),
          ...updateExpression(change),
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
    );

  const rowsOf = (thread_id: string, only?: string) =>
    queryAll(options, { pk: threadKey(thread_id).pk, prefix: RUN_PREFIX, newestFirst: true, ...(only && { only }) });

  const dueOf = async (shard: string, now: number): Promise<Due[]> => {
    const due: Due[] = [];
    let ExclusiveStartKey: Attributes | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          IndexName: DUE.name,
          KeyConditionExpression: "due_shard = :shard AND due <= :now",
          ExpressionAttributeValues: { ":shard": shard, ":now": now },
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      );
      due.push(...(page.Items ?? []).flatMap(toDue));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return due;
  };

  return {
    ...createRunTransactions(options),

    async list(thread_id, onSpoilt) {
      return (await rowsOf(thread_id)).flatMap((item) => {
        try {
          return [toRun(item)];
        } catch (error) {
          if (!onSpoilt || !(error instanceof Impossible)) throw error;
          onSpoilt(error);
          return [];
        }
      });
    },

    async findKey(key, now) {
      const item = await readItem(options, idempotencyKey(key));
      if (!item || isExpired(item, now)) return undefined;
      const [thread_id, run_id] = [fieldOf(item, "thread_id", isText), fieldOf(item, "run_id", isText)];
      return { ref: { thread_id, run_id }, fingerprint: fieldOf(item, "fingerprint", isText) };
    },

    async get({ thread_id, run_id }) {
      const item = await readItem(options, runKey(thread_id, run_id));
      return item && toRun(item);
    },

    async load({ thread_id, run_id }, { withInput } = { withInput: false }) {
      const keys = [threadKey(thread_id), runKey(thread_id, run_id)];
      if (withInput) keys.push(inputKey(run_id, 0));
      let data: unknown;
      let thread: ThreadRow | undefined;
      let run: RunRow | undefined;
      for (const item of await readBatch(options, keys, true)) {
        if (item.pk === inputKey(run_id, 0).pk) data = item["data"];
        else if (item.sk === threadKey(thread_id).sk) thread = asOf(toThread(item), clock.now());
        else run = toRun(item);
      }
      return { thread, run, ...(run?.input_parts === 1 && data instanceof Uint8Array && { input: data }) };
    },

    async threadOf(run_id) {
      const item = await readItem(options, pointerKey(run_id));
      return item && fieldOf(item, "thread_id", isText);
    },

    async claim(seen, change) {
      const set = { ...change, status: "running", handed_off: false };
      const attempt = await update(seen, { set, condition: unclaimedAsSeen(seen) });
      const item = attempt.kind === "ok" ? attempt.value.Attributes : attempt.item && fromAttributes(attempt.item);
      const row = item && toRun(item);
      // A lost answer is recognised by our nonce (model rule claimWritesNonce).
      return row?.status === "running" && row.owner === change.owner
        ? { kind: "claimed", row: row satisfies RunningRun }
        : { kind: "held" };
    },

    async extend(ref, owner, { lease_until, due }) {
      const set = { lease_until, ...(due !== undefined && { due }) };
      const { kind } = await update(ref, { set, condition: ownedBy(owner) });
      return kind === "ok" ? "extended" : "lost";
    },

    async release(ref, owner, { now, due }) {
      const set = { handed_off: true, lease_until: 0, claimable_since: now, sent_at: now, send_count: 1, due };
      const attempt = await update(ref, { set, condition: ownedBy(owner) });
      if (attempt.kind === "ok") return "released";
      const row = attempt.item && toRun(fromAttributes(attempt.item));
      return row?.status === "running" && row.owner === owner && row.handed_off ? "released" : "lost";
    },

    async markSent(seen, { now, due }) {
      const set = { sent_at: now, send_count: seen.send_count + 1, due };
      const { kind } = await update(seen, { set, condition: sentAsSeen(seen) });
      return kind === "ok" ? "marked" : "held";
    },

    async requestCancel({ thread_id, run_id }, intent) {
      const change = updateExpression({ set: {}, keep: { cancel: intent }, condition: notFinal });
      const Key = runKey(thread_id, run_id);
      const { kind } = await attemptWrite(clock, () => client.send(new UpdateCommand({ TableName, Key, ...change })));
      return kind === "ok" ? "requested" : "finished";
    },

    async purge(thread_id, gen) {
      const keys: Key[] = [];
      for (const { sk, input_parts, gen: of } of await rowsOf(thread_id, "sk, input_parts, gen")) {
        if (Number(of) > gen) continue;
        const run_id = sk.slice(RUN_PREFIX.length);
        keys.push(runKey(thread_id, run_id), pointerKey(run_id), webhookKey(thread_id, run_id));
        const inputs = { pk: inputKey(run_id, 0).pk, prefix: "", only: "sk" };
        const parts = isNumber(input_parts) ? input_parts : (await queryAll(options, inputs)).length;
        for (let part = 0; part < parts; part++) keys.push(inputKey(run_id, part));
      }
      await writeBatch(
        options,
        keys.map((key) => ({ remove: key })),
      );
    },

    async due(now) {
      const shards = await Promise.all(dueShards().map((shard) => dueOf(shard, now)));
      return shards.flat().toSorted((a, b) => a.due - b.due);
    },
  };
}

const DUE_KINDS = { [RUN_PREFIX]: "run", [WEBHOOK_PREFIX]: "webhook" } as const;

function toDue(item: Attributes): Due[] {
  const { pk, sk, due } = item;
  if (typeof pk !== "string" || typeof sk !== "string" || typeof due !== "number") return [];
  if (pk.startsWith(CRON_PREFIX)) return [{ kind: "cron", cron_id: pk.slice(CRON_PREFIX.length), due }];
  const thread_id = threadIdOf({ pk });
  if (sk === threadKey("").sk) return [{ kind: "thread", thread_id, due }];
  const kind = Object.entries(DUE_KINDS).find(([prefix]) => sk.startsWith(prefix));
  if (!kind) return [];
  return [{ kind: kind[1], thread_id, run_id: sk.slice(kind[0].length), due }];
}
