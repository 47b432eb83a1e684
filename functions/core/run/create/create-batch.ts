/** Several stateless runs at once: all are checked before any is created (Agent Server API). */
import type { RunCreate } from "../../../protocol/run.ts";
import type { Ports } from "../../ports.ts";
import { BATCH_CONCURRENCY } from "../timings.ts";
import type { RunRow } from "../run-row.ts";
import { assistantOf, whyInvalid } from "./check-request.ts";
import type { CreateResult, Complaint } from "./create-result.ts";
import { createRun } from "./create-run.ts";
import type { RunRequest } from "./new-run.ts";

export type BatchResult =
  | { kind: "created"; runs: RunRow[] }
  | Complaint
  /** Some runs exist: with the same key a repetition creates the rest. */
  | { kind: "incomplete"; detail: string };

/** @param request.key stands for the whole batch: each run has a key of its own */
export async function createBatch(
  ports: Ports,
  bodies: readonly RunCreate[],
  { key, headers, key_name, user }: Pick<RunRequest, "key" | "headers" | "key_name" | "user">,
): Promise<BatchResult> {
  const requests = bodies.map((body, at): RunRequest => ({
    thread_id: null,
    body,
    ...(key !== undefined && { key: key && `${key}#${at}` }),
    ...(headers && { headers }),
    key_name,
    ...(user && { user }),
  }));
  const most = ports.runLimit?.most ?? Infinity;
  if (requests.length > most)
    return { kind: "invalid", detail: `${requests.length} runs are more than you may have at once (${most}).` };
  const complaint = await complaintIn(ports, requests);
  if (complaint) return complaint;
  const runs: RunRow[] = [];
  for (let from = 0; from < requests.length; from += BATCH_CONCURRENCY) {
    const some = requests.slice(from, from + BATCH_CONCURRENCY);
    const made = await Promise.allSettled(some.map((request) => createRun(ports, request)));
    for (const one of made) if (one.status === "fulfilled" && one.value.kind === "created") runs.push(one.value.run);
    const refusal = made.find((one) => one.status === "fulfilled" && one.value.kind !== "created");
    if (runs.length === 0 && refusal?.status === "fulfilled" && refusal.value.kind === "too_many_runs")
      return refusal.value;
    if (runs.length < from + some.length) return incomplete(ports, made, runs.length, requests.length);
  }
  return { kind: "created", runs };
}

async function complaintIn(ports: Ports, requests: readonly RunRequest[]): Promise<Complaint | undefined> {
  const ids = [...new Set(requests.map(({ body }) => body.assistant_id))];
  const assistants = new Map(await Promise.all(ids.map(async (id) => [id, await assistantOf(ports, id)] as const)));
  for (const [at, request] of requests.entries()) {
    const found = assistants.get(request.body.assistant_id);
    const complaint = whyInvalid(ports, request) ?? (found?.kind === "found" ? undefined : found);
    if (complaint) return { ...complaint, detail: `${at}: ${complaint.detail}` };
  }
  return undefined;
}

function incomplete(
  { logger }: Pick<Ports, "logger">,
  made: PromiseSettledResult<CreateResult>[],
  created: number,
  asked: number,
): BatchResult {
  const failure = made.find(({ status }) => status === "rejected");
  logger.error("batch not complete", {
    created,
    asked,
    error: String(failure && "reason" in failure && failure.reason),
  });
  const again = "Repeat the request with the same Idempotency-Key to get the others.";
  return { kind: "incomplete", detail: `${created} of ${asked} runs were created. ${again}` };
}
