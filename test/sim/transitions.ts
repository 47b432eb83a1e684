/** Who moves a run from which state to which, as the table sees it: what the diagram of docs/design.md has to show. */
import { toRun } from "../../functions/aws/table/row-items.ts";
import type { RunRow } from "../../functions/core/run/run-row.ts";
import type { Change } from "./table.ts";

export class Transitions {
  readonly #seen = new Set<string>();

  onChanges(changes: readonly Change[]): void {
    for (const { key, before, after, by } of changes) {
      if (!after || !key.pk.startsWith("T#") || !key.sk.startsWith("R#")) continue;
      const [was, is] = [before && toRun(before), toRun(after)];
      const [from, to] = [was ? stateOf(was) : "[*]", stateOf(is)];
      const isClaimed = was !== undefined && is.epoch > was.epoch;
      // A reader's function answers requests as the API's does.
      const role = by.replace(/\d.*$/, "").replace("reader", "api");
      if (from !== to || (isClaimed && to === "running")) this.#seen.add(`${from} --> ${to}: ${role}`);
    }
  }

  /** `pending --> running: worker`, in order. */
  get all(): string[] {
    return [...this.#seen].toSorted();
  }
}

/** The status of its row; a pending run may also wait for its time or its turn, and a running one for its next worker. */
function stateOf(run: RunRow): string {
  if (run.status === "running") return run.handed_off ? "handed_off" : "running";
  if (run.status !== "pending") return run.status;
  if (run.starts_at !== undefined) return "delayed";
  return run.log_start === undefined ? "queued" : "pending";
}
