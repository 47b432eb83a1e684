/** Threads as the API shows and changes them. */
import type { Thread, ThreadPatch } from "../../protocol/thread.ts";
import type { Ports } from "../ports.ts";
import { contended, LOST_RACE, startTries } from "../failure/retry.ts";
import { tooLarge } from "../json/size-limits.ts";
import { lifetimeOf } from "./lifetime.ts";
import { callersKeys } from "./reserved-metadata.ts";
import type { ThreadSummary } from "./thread-listing.ts";
import { graphOf, type Interrupts, type ThreadRow } from "./thread-row.ts";

type ThreadPorts = Pick<Ports, "threads" | "engine">;

export async function findThread(ports: Pick<Ports, "threads">, thread_id: string): Promise<ThreadRow | undefined> {
  const row = await ports.threads.get(thread_id);
  return row && !row.deleted ? row : undefined;
}

export async function getThread(
  ports: ThreadPorts,
  thread_id: string,
  shown?: { withTtl: boolean },
): Promise<Thread | undefined> {
  const row = await findThread(ports, thread_id);
  return row && threadResource(ports, row, shown);
}

export async function threadResource(
  ports: Pick<Ports, "engine">,
  row: ThreadSummary,
  { withTtl } = { withTtl: false },
): Promise<Thread> {
  return {
    thread_id: row.thread_id,
    created_at: row.created_at,
    updated_at: row.updated_at,
    state_updated_at: row.state_updated_at,
    metadata: row.metadata,
    config: row.config,
    status: row.status,
    values: await ports.engine.values(row.thread_id, row.head),
    interrupts: await shownInterrupts(ports, row),
    ...(row.error !== undefined && { error: row.error }),
    ...(withTtl && row.lifetime && { ttl: row.lifetime }),
  };
}

/** Interrupts too large for the row are read from the state. */
export async function shownInterrupts(ports: Pick<Ports, "engine">, row: ThreadSummary): Promise<Interrupts> {
  if (row.interrupts) return row.interrupts;
  if (!row.head || row.status !== "interrupted") return {};
  const state = await ports.engine.state({ thread_id: row.thread_id, graph_id: graphOf(row) });
  return Object.fromEntries(
    state.tasks.filter((task) => task.interrupts.length).map((task) => [task.id, task.interrupts]),
  );
}

export type PatchResult =
  | { kind: "patched"; row: ThreadRow }
  | { kind: "not_found" }
  | { kind: "invalid"; detail: string };

/** Merges metadata shallowly; a `ttl` takes the place of the one before. It starts now, or when the last of the delayed runs begins. */
export async function patchThread(
  ports: Pick<Ports, "clock" | "ids" | "threads" | "runs">,
  thread_id: string,
  body: ThreadPatch,
): Promise<PatchResult> {
  const tries = startTries(LOST_RACE, ports.clock);
  for (;;) {
    const seen = await findThread(ports, thread_id);
    if (!seen) return { kind: "not_found" };
    const metadata = { ...seen.metadata, ...callersKeys(body.metadata) };
    const large = tooLarge({ metadata });
    if (large) return { kind: "invalid", detail: large };
    const now = ports.clock.now();
    const updated_at = new Date(now).toISOString();
    // After the row: a run that is delayed meanwhile changes the row's revision.
    const from = body.ttl ? Math.max(now, ...(await delayedUntil(ports, seen))) : now;
    const row: ThreadRow = { ...seen, metadata, updated_at, rev: seen.rev + 1, ...lifetimeOf(body.ttl, from) };
    if (metadata["owner"] !== seen.metadata["owner"]) delete row.listed_by_run;
    if ((await ports.threads.put({ row, seen: seen.rev }, ports.ids.nonce())) === "put")
      return { kind: "patched", row };
    await tries.again(contended("the thread"));
  }
}

/** ms since 1970 when the delayed runs of a thread begin. */
async function delayedUntil({ runs }: Pick<Ports, "runs">, { thread_id, gen }: ThreadRow): Promise<number[]> {
  const rows = await runs.list(thread_id, () => undefined);
  return rows.flatMap((run) => (run.status === "pending" && run.gen === gen ? (run.starts_at ?? []) : []));
}
