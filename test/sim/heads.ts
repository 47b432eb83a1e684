/** Which checkpoints of a thread exist for readers, told from the items alone by the rule of design 6: the adapters are checked against this. */
import { claimOf } from "../../functions/aws/checkpoint-items.ts";
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

export function visibleHeads(table: Table, thread_id: string): VisibleHead[] {
  const records = table.partition(`C#${thread_id}`).filter(({ sk }) => String(sk).startsWith("E#"));
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

export const newestVisible = (table: Table, thread_id: string): VisibleHead | undefined =>
  visibleHeads(table, thread_id)[0];
