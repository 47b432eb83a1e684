/** What must hold at the moment in which a run that has ended is deleted. Must not know what led there. */
import { claimOf } from "../../functions/aws/checkpoint/items.ts";
import { threadKey } from "../../functions/aws/table/keys.ts";
import { toThread } from "../../functions/aws/table/row-items.ts";
import type { RunRow } from "../../functions/core/run/run-row.ts";
import type { Violation } from "../support/invariants.ts";
import { visibleHeads } from "./heads.ts";
import type { Table } from "./table.ts";

/** Only a client deletes it, with everything that readers see of it, while no other run could go on from what is deleted. */
export function wrongDeletion(
  table: Table,
  { thread_id, run_id, log_start }: RunRow,
  { by, name }: { by: string; name: (run_id: string) => string },
): Violation[] {
  const found: Violation[] = [];
  if (!by.startsWith("api")) found.push({ invariant: "I1", text: `${by} deleted ${name(run_id)}, which had ended` });
  const item = table.get(threadKey(thread_id));
  const active = item && toThread(item).active_run;
  if (active)
    found.push({ invariant: "I7", text: `${name(run_id)} was deleted while ${name(active)} was on the thread` });
  if (visibleHeads(table, thread_id).some(({ claim }) => claimOf(claim)?.log_start === log_start))
    found.push({ invariant: "I5", text: `${name(run_id)} is deleted, and its checkpoints are visible` });
  return found;
}
