/**
 * Delivers webhooks: the end of a run sent to a URL, at least once, with growing pauses. The webhook's row is written with the end (design
 * 4.4). Must not change a run, whatever the endpoint does.
 */
import type { Ports } from "../ports.ts";
import { readKwargs, runResource } from "../run/read-runs.ts";
import { type FinishedRun, isFinal, type RunRef, type RunRow } from "../run/run-row.ts";
import { WEBHOOK_QUICK_TIMEOUT, WEBHOOK_SWEEP, WEBHOOK_TIMEOUT, WEBHOOK_TRIES, webhookRetryAfter } from "./timings.ts";
import type { WebhookDue } from "./webhook-ports.ts";

/** What the transaction that ends a run writes with it, if the run has a webhook. */
export const webhookAfter = ({ run_id, webhook }: Pick<RunRow, "run_id" | "webhook">, now: number): WebhookDue[] =>
  webhook ? [{ run_id, due: now + WEBHOOK_SWEEP }] : [];

export type Delivered = "delivered" | "given_up" | "failed" | "held";

export interface Try {
  /** The worker that ended the run makes the first try and does not wait long. Later tries have more time. */
  byWorker: boolean;
  /** Aborted when the process stops: the try has failed then. */
  stopping?: AbortSignal | undefined;
}

/** One try. `held`: nothing to deliver, or another process does it. */
export async function deliverWebhook(ports: Ports, ref: RunRef, { byWorker, stopping }: Try): Promise<Delivered> {
  const run = await ports.runs.get(ref);
  const kwargs = run && (await readKwargs(ports, run));
  if (!run || !isFinal(run) || !kwargs?.webhook) {
    // The run's thread was deleted, or has expired: nothing to deliver.
    await ports.webhooks.remove(ref);
    return "held";
  }
  if (byWorker && ports.sender.isSlow(kwargs.webhook)) return "held";
  const now = ports.clock.now();
  const claim = await ports.webhooks.claim(ref, {
    now,
    due: (tries) => now + webhookRetryAfter(tries),
    ...(byWorker && { mine: 0 }),
  });
  if (claim === "held") return "held";

  const result = await ports.sender.send(kwargs.webhook, JSON.stringify(await bodyOf(ports, run)), {
    timeout: byWorker ? WEBHOOK_QUICK_TIMEOUT : WEBHOOK_TIMEOUT,
    signal: stopping,
  });
  const { run_id, thread_id } = ref;
  ports.logger.info("webhook tried", { run_id, thread_id, attempt: run.attempt, tries: claim.tries, result });
  if (result === "failed" && claim.tries < WEBHOOK_TRIES) return "failed";
  await ports.webhooks.remove(ref);
  return result === "delivered" ? "delivered" : "given_up";
}

/** The first try, right after the run's end. If it fails, the sweeper repeats it. Never rejects. */
export async function deliverAtOnce(ports: Ports, ref: RunRef, stopping?: AbortSignal): Promise<void> {
  await deliverWebhook(ports, ref, { byWorker: true, stopping }).catch((error: unknown) => {
    const { run_id, thread_id } = ref;
    ports.logger.warn("webhook is left to the sweep", { run_id, thread_id, error: String(error) });
  });
}

/** The Run with its times, values and error (observed on the official server). */
async function bodyOf(ports: Ports, run: FinishedRun) {
  return {
    ...(await runResource(ports, run)),
    status: run.status === "rolled_back" ? "rollback" : run.status,
    run_started_at: run.started_at ?? null,
    run_ended_at: run.ended_at,
    webhook_sent_at: new Date(ports.clock.now()).toISOString(),
    values: await ports.engine.values(run.thread_id, run.head),
    ...(run.error && { error: run.error }),
  };
}
