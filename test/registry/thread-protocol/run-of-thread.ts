/** A thread's runs, by plain requests: what no client of the protocol shows. */
import assert from "node:assert/strict";
import type { Client as Sdk } from "@langchain/langgraph-sdk";
import { until } from "./until.ts";

/** Cancels what is at work: the SDK has no call of the protocol for it, as the protocol has none. */
export async function stop(sdk: Sdk, threadId: string): Promise<void> {
  for (const { run_id } of await sdk.runs.list(threadId, { status: "running" }))
    await sdk.runs.cancel(threadId, run_id);
}

/** Resolves once the thread has had so many runs and none is at work; how the newest has ended must be as expected. */
export async function ended(
  sdk: Sdk,
  threadId: string,
  { runs, status }: { runs: number; status: string },
): Promise<void> {
  const list = (): Promise<{ status: string }[]> => sdk.runs.list(threadId);
  const isOver = ({ status: now }: { status: string }): boolean => now !== "running" && now !== "pending";
  const all = await until(list, (now) => now.length === runs && now.every(isOver));
  assert.equal(all[0]?.status, status);
}
