/**
 * Puts new slots: each alone, or those of many runs in one transaction, for hosts where a transaction costs no more than a put. What
 * arrives during a transaction shares the next one. Must not make one run's put fail because of another's.
 */
import { PutCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { attemptTransaction, attemptWrite } from "../table/attempt-write.ts";
import { isNew } from "../table/conditions.ts";
import type { Item } from "../table/item-batches.ts";
import { SLOTS_TOGETHER, SLOTS_TOGETHER_BYTES } from "../table/limits.ts";
import type { TableOptions } from "../table/table-options.ts";
import { conditional } from "../table/update-expression.ts";

/** `refused`: there is an item with this key. @throws whatever leaves it open whether the item was put */
export type PutSlot = (item: Item, bytes: number) => Promise<"put" | "refused">;

export function putAlone({ client, table, clock }: Pick<TableOptions, "client" | "table" | "clock">): PutSlot {
  return async (item) => {
    const put = new PutCommand({ TableName: table, Item: item, ...conditional(isNew) });
    const { kind } = await attemptWrite(clock, () => client.send(put));
    return kind === "ok" ? "put" : "refused";
  };
}

interface Waiting {
  item: Item;
  bytes: number;
  done: PromiseWithResolvers<"put" | "refused">;
}

export function putTogether(options: Pick<TableOptions, "client" | "table" | "clock">): PutSlot {
  const alone = putAlone(options);
  const waiting: Waiting[] = [];
  let underWay = false;

  const transact = (round: readonly Waiting[]): Promise<"ok" | "refused"> => {
    const TransactItems = round.map(({ item }) => ({
      Put: { TableName: options.table, Item: item, ...conditional(isNew) },
    }));
    return attemptTransaction(() => options.client.send(new TransactWriteCommand({ TransactItems })));
  };
  /** A transaction that is refused or unclear does not say which slot failed: then each slot is put alone. */
  const putRound = async (round: readonly Waiting[]): Promise<void> => {
    const together = round.length > 1 ? await transact(round).catch(() => "unclear") : "unclear";
    if (together === "ok") for (const { done } of round) done.resolve("put");
    else await Promise.all(round.map(({ item, bytes, done }) => alone(item, bytes).then(done.resolve, done.reject)));
  };
  const rounds = async (): Promise<void> => {
    underWay = true;
    while (waiting.length) await putRound(nextRound(waiting));
    underWay = false;
  };
  return (item, bytes) => {
    const done = Promise.withResolvers<"put" | "refused">();
    waiting.push({ item, bytes, done });
    if (!underWay) void rounds();
    return done.promise;
  };
}

/** Takes as many as fit into one transaction. A second put of the same slot waits, since a transaction may name an item only once. */
function nextRound(waiting: Waiting[]): Waiting[] {
  const keys = new Set<string>();
  let size = 0;
  let count = 0;
  for (const { item, bytes } of waiting) {
    const key = `${item.pk} ${item.sk}`;
    size += bytes;
    if (count > 0 && (size > SLOTS_TOGETHER_BYTES || count >= SLOTS_TOGETHER || keys.has(key))) break;
    keys.add(key);
    count++;
  }
  return waiting.splice(0, count);
}
