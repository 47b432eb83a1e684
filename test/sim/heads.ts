/**
 * Which checkpoints and pending writes of a thread exist for readers, told from the items alone by the rule of design 5: the adapters are
 * checked against this.
 */
import { claimOf } from "../../functions/aws/checkpoint/items.ts";
import type { Table } from "./table.ts";

export interface VisibleHead {
  checkpoint_id: string;
  /** `<log_start>.<epoch>` */
  claim: string | undefined;
  item: Record<string, unknown>;
}

/** Root checkpoints, hidden ones too, newest first. */
export function rootHeads(table: Table, thread_id: string): VisibleHead[] {
  return table
    .partition(`C#${thread_id}`)
    .filter(({ sk }) => String(sk).startsWith("H##"))
    .map((item) => ({
      checkpoint_id: String(item["sk"]).slice("H##".length),
      claim: typeof item["c"] === "string" ? item["c"] : undefined,
      item,
    }))
    .toReversed();
}

/** A claim that closed older ones without knowing of this record was later, and this one came after it. */
const isOvertaken = (one: Record<string, unknown>, all: Record<string, unknown>[]): boolean =>
  all.some(
    ({ sk, z, k }) =>
      runOf(sk) === runOf(one["sk"]) && Number(z) > Number(one["z"]) && Array.isArray(k) && !k.includes(one["z"]),
  );
const runOf = (sk: unknown): number | undefined => claimOf(String(sk).slice("E#".length))?.log_start;

export function visibleHeads(table: Table, thread_id: string): VisibleHead[] {
  const all = table.partition(`C#${thread_id}`).filter(({ sk }) => String(sk).startsWith("E#"));
  const records = all.filter((one) => !isOvertaken(one, all));
  const removed = records.find(({ below }) => typeof below === "number")?.["below"];
  return rootHeads(table, thread_id).filter((head) => {
    const claim = claimOf(head.claim);
    if (!claim) return true;
    if (claim.log_start <= Number(removed ?? -1)) return false;
    return !records.some(({ sk, after }) => {
      const closed = claimOf(String(sk).slice("E#".length));
      const closes = closed?.log_start === claim.log_start && closed.epoch >= claim.epoch;
      return closes && head.checkpoint_id > String(after);
    });
  });
}

/** Whether readers see this item of pending writes, of a claim that is closed; undefined while nothing closes it. */
export function seesClosedWrites(table: Table, thread_id: string, item: Record<string, unknown>): boolean | undefined {
  const claim = claimOf(item["c"]);
  const partition = table.partition(`C#${thread_id}`);
  const closing = partition.filter(({ sk }) => {
    const closed = String(sk).startsWith("E#") ? claimOf(String(sk).slice("E#".length)) : undefined;
    return claim && closed?.log_start === claim.log_start && closed.epoch >= claim.epoch;
  });
  if (!claim || !closing.length) return undefined;
  const [, , checkpoint_id = "", task_id] = String(item["sk"]).split("#");
  if (!visibleHeads(table, thread_id).some((head) => head.checkpoint_id === checkpoint_id)) return false;
  const stamp = Number(item["z"] ?? 0);
  if (closing.some(({ from, z }) => typeof from === "string" && checkpoint_id >= from && stamp < Number(z)))
    return false;
  return !partition.some(({ sk, c }) => {
    const [kind, , at, task] = String(sk).split("#");
    const other = kind === "W" && at === checkpoint_id && task === task_id ? claimOf(c) : undefined;
    return other?.log_start === claim.log_start && other.epoch > claim.epoch;
  });
}

export const newestVisible = (table: Table, thread_id: string): VisibleHead | undefined =>
  visibleHeads(table, thread_id)[0];
