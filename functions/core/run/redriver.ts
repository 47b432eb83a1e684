/** What a reader does for a run that nobody holds: sends it again, 2 s after its lease (design 4.6). */
import { Unclear } from "../failure/failure.ts";
import type { Ports } from "../ports.ts";
import { redrive } from "./recover-runs.ts";
import { isUnheld, runIds, type RunRow } from "./run-row.ts";
import { LEASE, NO_PROGRESS_CLAIMS, REDRIVE_AFTER_LEASE } from "./timings.ts";

export class Redriver {
  readonly #ports: Pick<Ports, "clock" | "logger" | "queue" | "runs">;
  #may = true;

  constructor(ports: Pick<Ports, "clock" | "logger" | "queue" | "runs">) {
    this.#ports = ports;
  }

  /** @param run the active run of its thread, as it was just read */
  async ifUnheld(run: RunRow): Promise<void> {
    const { clock, logger } = this.#ports;
    if (!this.#may) return;
    if (!isUnheld(run, clock.now() - REDRIVE_AFTER_LEASE) || run.no_progress_claims > NO_PROGRESS_CLAIMS) return;
    // The clock has stepped recently: a living holder may not have written its lease by the new time yet.
    if (run.status === "running" && !run.handed_off && clock.steadyFor() < LEASE) return;
    await redrive(this.#ports, run).catch((error: unknown) => {
      // What is impossible stays so: the sweeper may have the right that this function lacks.
      this.#may = error instanceof Unclear;
      logger.warn("redrive failed", { ...runIds(run), error: String(error) });
    });
  }
}
