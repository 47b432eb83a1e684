/**
 * Webhooks: the end of a run told to a URL, at least once, with growing pauses. The row was written with the end (design 5.4), so none is
 * lost. Must not change a run, whatever the endpoint does.
 */
import type { Ports } from "./ports.ts";
import { type FinishedRun, isFinal, type RunRef } from "./rows.ts";
import { readKwargs, runResource } from "./read-runs.ts";
import { WEBHOOK_QUICK_TRIES, WEBHOOK_TRIES, webhookRetryAfter } from "./timings.ts";

export type Delivered = "delivered" | "given_up" | "failed" | "held";

/** One try. `held`: nothing to deliver, or somebody else is at it. `mine`: tries made by the caller itself. */
export async function deliverWebhook(ports: Ports, ref: RunRef, mine?: number): Promise<Delivered> {
  const run = await ports.runs.get(ref);
  const kwargs = run && (await readKwargs(ports, run));
  if (!run || !isFinal(run) || !kwargs?.webhook) {
    // Its thread was deleted, or it has expired: there is nothing left to tell.
    await ports.webhooks.remove(ref);
    return "held";
  }
  const now = ports.clock.now();
  const claim = await ports.webhooks.claim(ref, {
    now,
    due: (tries) => now + webhookRetryAfter(tries),
    ...(mine !== undefined && { mine }),
  });
  if (claim === "held") return "held";

  const result = await ports.sender.send(kwargs.webhook, JSON.stringify(await bodyOf(ports, run)));
  const { run_id, thread_id } = ref;
  ports.logger.info("webhook tried", { run_id, thread_id, attempt: run.attempt, tries: claim.tries, result });
  if (result === "failed" && claim.tries < WEBHOOK_TRIES) return "failed";
  await ports.webhooks.remove(ref);
  return result === "delivered" ? "delivered" : "given_up";
}

/** The tries that follow a run's end at once; if they all fail, the sweep goes on. */
export async function deliverAtOnce(ports: Ports, ref: RunRef): Promise<void> {
  let waited = 0;
  for (const [tries, after] of WEBHOOK_QUICK_TRIES.entries()) {
    await ports.clock.sleep(after - waited);
    waited = after;
    if ((await deliverWebhook(ports, ref, tries)) !== "failed") return;
  }
}

/** The Run with its times, values and error (seen at the official server). */
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
