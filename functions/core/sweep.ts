/** One sweep: everything that is due. Runs and webhooks have separate concurrency, so that an endpoint that hangs does not delay runs. */
import { CRONS_AT_ONCE } from "./cron/limits.ts";
import { fireCron } from "./cron/fire-cron.ts";
import { Unclear } from "./failure/failure.ts";
import type { Ports } from "./ports.ts";
import { expireThread } from "./thread/expire-thread.ts";
import { THREADS_AT_ONCE } from "./thread/limits.ts";
import { recoverRun } from "./run/recover-runs.ts";
import type { Due, DueRun, DueThread } from "./run/run-ports.ts";
import { SWEEP_CONCURRENCY, SWEEP_PATIENCE } from "./run/timings.ts";
import { deliverWebhook } from "./webhook/deliver-webhook.ts";
import { WEBHOOKS_AT_ONCE, WEBHOOKS_FOR } from "./webhook/timings.ts";

/**
 * Idempotent and safe to run twice at once. Webhooks for which no time is left wait for the next sweep.
 * @param stopping aborted when the process stops: webhooks under way fail and no more are begun
 * @returns how many were due
 */
export async function sweep(ports: Ports, stopping?: AbortSignal): Promise<number> {
  const { clock, runs } = ports;
  const due = await runs.due(clock.now());
  const last = clock.monotonic() + WEBHOOKS_FOR;
  const goesOn = (): boolean => !stopping?.aborted && clock.monotonic() < last;
  await Promise.all([
    recoverAll(ports, of("run", due)),
    sideBySide(due.filter(isCron), CRONS_AT_ONCE, async ({ cron_id }) =>
      quietly(ports, { cron_id }, () => fireCron(ports, cron_id)),
    ),
    sideBySide(due.filter(isThread), THREADS_AT_ONCE, async ({ thread_id }) =>
      quietly(ports, { thread_id }, () => expireThread(ports, thread_id)),
    ),
    sideBySide(
      of("webhook", due),
      WEBHOOKS_AT_ONCE,
      (ref) => quietly(ports, ref, () => deliverWebhook(ports, ref, { byWorker: false, stopping })),
      goesOn,
    ),
  ]);
  return due.length;
}

const of = (kind: DueRun["kind"], due: Due[]): DueRun[] => due.filter((one): one is DueRun => one.kind === kind);
const isThread = (one: Due): one is DueThread => one.kind === "thread";
const isCron = (one: Due): one is Extract<Due, { kind: "cron" }> => one.kind === "cron";

/** A run that takes longer than SWEEP_PATIENCE frees its worker: poisoned runs do not delay the others, however many there are. */
async function recoverAll(ports: Ports, runs: DueRun[]): Promise<void> {
  const all: Promise<void>[] = [];
  await sideBySide(runs, SWEEP_CONCURRENCY, async (ref) => {
    const over = new AbortController();
    const recovering = quietly(ports, ref, () => recoverRun(ports, ref)).finally(() => over.abort());
    all.push(recovering);
    await Promise.race([recovering, ports.clock.sleep(SWEEP_PATIENCE, over.signal)]);
  });
  await Promise.all(all);
}

/** Each worker takes the next item when its last one is done, so a slow item occupies one worker. */
async function sideBySide<T>(
  items: T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
  goesOn = (): boolean => true,
): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (!goesOn()) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function quietly(
  { logger }: Ports,
  { run_id, thread_id, cron_id }: Partial<DueRun> & { cron_id?: string },
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const level = error instanceof Unclear ? "warn" : "error";
    const ids = cron_id === undefined ? { run_id, thread_id } : { cron_id };
    logger[level]("recovery failed, the next sweep repeats it", { ...ids, error: String(error) });
  }
}
