/**
 * Every condition of a write, by name. A run row's life, and which condition guards each step:
 *
 *   create ── isNew ──► pending ── unclaimedAsSeen ──► running ── ownedBy ──► extend, release
 *                          │                             │
 *                          │ pendingStill (queue)        └── ownedBy + cancelAsSeen ──► final
 *                          └── notFinal ──► cancel
 *
 * Conditions ignore `ttl`: an expired item that was not deleted yet still fences. Must not send anything.
 */
import type { CancelIntent, FinishedRun, RunRow } from "../../core/run/run-row.ts";
import { CLOCK_SKEW } from "../../core/run/timings.ts";
import { PERMIT_LEASE } from "./limits.ts";

export interface Condition {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

export const isNew: Condition = { expression: "attribute_not_exists(pk)" };

/** The revision that was read; no row = there must be none. */
export const revisionIs = (seen: number | undefined): Condition =>
  seen === undefined ? isNew : { expression: "rev = :seen_rev", values: { ":seen_rev": seen } };

const NOT_FINAL = "#status IN (:pending, :running)";
const statuses = { ":pending": "pending", ":running": "running" };
const named = { "#status": "status" };

export const notFinal: Condition = { expression: NOT_FINAL, names: named, values: statuses };

/** An ended run that nobody has deleted since. */
export const statusIs = (seen: FinishedRun["status"]): Condition => ({
  expression: "#status = :seen_status",
  names: named,
  values: { ":seen_status": seen },
});

export const pendingStill: Condition = {
  expression: "#status = :pending",
  names: named,
  values: { ":pending": "pending" },
};

/** The row is as the claim has read it: nobody has claimed, extended or handed over since. */
export const unclaimedAsSeen = ({ epoch, lease_until, handed_off }: RunRow): Condition => ({
  expression: `${NOT_FINAL} AND epoch = :seen_epoch AND lease_until = :seen_lease AND handed_off = :seen_handed`,
  names: named,
  values: { ...statuses, ":seen_epoch": epoch, ":seen_lease": lease_until, ":seen_handed": handed_off },
});

/** By the nonce of this claim, never by the attempt, which a hand-over keeps (model rule conditionsByOwner). */
export const ownedBy = (owner: string): Condition => ({
  expression: "#status = :running AND #owner = :owner AND handed_off = :false",
  names: { ...named, "#owner": "owner" },
  values: { ":running": "running", ":owner": owner, ":false": false },
});

/** The finish acts on the cancel intent that it has seen (model rule finishConditionalOnCancel). */
export const cancelAsSeen = (cancel: CancelIntent | undefined): Condition =>
  cancel === undefined
    ? { expression: "attribute_not_exists(#cancel)", names: { "#cancel": "cancel" } }
    : { expression: "#cancel = :seen_cancel", names: { "#cancel": "cancel" }, values: { ":seen_cancel": cancel } };

/** Only the winner of the conditional update sends (model rule redrivesThrottled). */
export const sentAsSeen = ({ epoch, sent_at, send_count }: RunRow): Condition => ({
  expression: `${NOT_FINAL} AND epoch = :seen_epoch AND sent_at = :seen_sent AND send_count = :seen_sends`,
  names: named,
  values: { ...statuses, ":seen_epoch": epoch, ":seen_sent": sent_at, ":seen_sends": send_count },
});

/**
 * An idempotency key that was never used, is older than its life, or is still that of a run whose thread is gone. The one condition that
 * looks at `ttl`.
 */
export const keyIsFree = (now: number, dead?: string): Condition => ({
  expression: `attribute_not_exists(pk) OR #ttl <= :now${dead === undefined ? "" : " OR run_id = :dead"}`,
  names: { "#ttl": "ttl" },
  values: { ":now": Math.floor(now / 1_000), ...(dead !== undefined && { ":dead": dead }) },
});

/** A delayed run that has not been admitted to its thread. */
export const delayedStill: Condition = {
  expression: "#status = :pending AND attribute_exists(starts_at)",
  names: named,
  values: { ":pending": "pending" },
};

/** A webhook that nobody has tried since: only the winner tries. */
export const triedAsSeen = (tries: number): Condition => ({
  expression: "tries = :seen_tries",
  values: { ":seen_tries": tries },
});

/** The latest end of a permit taken now, ms since 1970. A permit that ends later was taken before a clock stepped back. */
export const latestPermit = (now: number): number => now + PERMIT_LEASE + CLOCK_SKEW;

/** A permit that nobody holds, or that this owner took in a call whose answer was lost. */
export const permitIsFree = (now: number, owner: string): Condition => ({
  expression: "attribute_not_exists(pk) OR #until <= :now OR #until > :latest OR #owner = :owner",
  names: { "#until": "until", "#owner": "owner" },
  values: { ":now": now, ":latest": latestPermit(now), ":owner": owner },
});

export const permitHeldBy = (owner: string): Condition => ({
  expression: "#owner = :owner",
  names: { "#owner": "owner" },
  values: { ":owner": owner },
});

/** A permit that no run has, or this one already, if the answer to an earlier try was lost, or still that which it is `over`. */
export const runPermitIsFree = (run_id: string, over = run_id): Condition => ({
  expression: "attribute_not_exists(pk) OR run_id = :own OR run_id = :over",
  values: { ":own": run_id, ":over": over },
});

export const permitOfRun = (run_id: string): Condition => ({ expression: "run_id = :own", values: { ":own": run_id } });

/** A segment last written by no run, or by one whose log begins at or before this slot. */
export const writtenUntil = (slot: number): Condition => ({
  expression: "attribute_not_exists(l) OR l <= :until",
  values: { ":until": slot },
});

/** Pending writes of a claim that nobody has closed. */
export const unsealed: Condition = { expression: "attribute_not_exists(z)" };

/** No claim of this epoch or a later one has stamped it. */
export const stampedBelow = (epoch: number): Condition => ({
  expression: "attribute_not_exists(z) OR z < :below",
  values: { ":below": epoch },
});

/** A record that was not written by a later claim or the run's end. */
export const closedUntil = (epoch: number): Condition => ({
  expression: "attribute_not_exists(fin) AND (attribute_not_exists(z) OR z <= :until)",
  values: { ":until": epoch },
});

/** The item exists: otherwise an update would bring back one that was removed. */
export const written: Condition = { expression: "attribute_exists(pk)" };

export const both = (a: Condition, b: Condition): Condition => ({
  expression: `(${a.expression}) AND (${b.expression})`,
  names: { ...a.names, ...b.names },
  values: { ...a.values, ...b.values },
});
