/** The ports of webhooks: those that wait, and the sender. */
import type { RunRef } from "../run/run-row.ts";

/** A webhook to deliver. Written with the end of its run, so it exists exactly if the run has ended. */
export interface WebhookDue {
  run_id: string;
  due: number;
}

/** Webhooks that are still to be delivered, one a run. */
export interface Webhooks {
  /**
   * Counts a try before it is made, on condition that nobody has counted one since. Before the due time only the worker that ended the run
   * may try; it passes the number of tries it has made (`mine`).
   */
  claim(
    ref: RunRef,
    next: { now: number; due: (tries: number) => number; mine?: number },
  ): Promise<{ tries: number } | "held">;
  remove(ref: RunRef): Promise<void>;
}

/** POSTs a body once. Follows no redirect and connects to no address that the policy forbids. */
export interface WebhookSender {
  /** What is wrong with the URL, judged by its text alone, for the answer to the request that names it. */
  complaint(url: string): string | undefined;
  /** Whether the endpoint has recently failed to answer in time. The worker skips such an endpoint. */
  isSlow: (url: string) => boolean;
  /** @param limits ms to answer in, and a signal that ends the try before */
  send(
    url: string,
    body: string,
    limits: { timeout: number; signal?: AbortSignal | undefined },
  ): Promise<"delivered" | "refused" | "failed">;
}
