/** How long a run has taken so far. */
import type { Run } from "../../functions/protocol/run.ts";
import { serverNow } from "../api/server-clock.ts";

export const isInFlight = ({ status }: Pick<Run, "status">): boolean => status === "pending" || status === "running";

/** ms from its creation to its end, or until now. */
export const durationOf = ({ created_at, updated_at, ...run }: Run): number =>
  (isInFlight(run) ? serverNow() : Date.parse(updated_at)) - Date.parse(created_at);
