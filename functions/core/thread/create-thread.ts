/** Creates threads: by POST /threads, perhaps with a state, or with their first run. */
import type { JsonObject } from "../../protocol/json.ts";
import type { Superstep } from "../../protocol/state-update.ts";
import type { ThreadCreate, ThreadTtl } from "../../protocol/thread.ts";
import type { Ports } from "../ports.ts";
import { contended, LOST_RACE, startTries } from "../failure/retry.ts";
import {
  commitUpdates,
  inGroups,
  prepareUpdates,
  type UpdatePorts,
  type UpdateRefusal,
} from "../checkpoint/update-state.ts";
import { tailOf } from "../log/log-tail.ts";
import { tooLarge } from "../json/size-limits.ts";
import { completeDeletion, deleteThread } from "./delete-thread.ts";
import { lifetimeOf } from "./lifetime.ts";
import { callersKeys } from "./reserved-metadata.ts";
import type { ThreadWrite } from "./thread-port.ts";
import type { ThreadRow } from "./thread-row.ts";

/** The row of a new thread. Over a tombstone, revision, generation and log continue (model rule deleteLeavesTombstone). */
export function newThread(of: {
  thread_id: string;
  now: number;
  seen: ThreadRow | undefined;
  temporary: boolean;
  metadata?: JsonObject;
  ttl?: ThreadTtl | undefined;
}): ThreadRow {
  const time = new Date(of.now).toISOString();
  return {
    thread_id: of.thread_id,
    created_at: time,
    updated_at: time,
    state_updated_at: time,
    metadata: of.metadata ?? {},
    config: {},
    status: "idle",
    active_run: null,
    queue: [],
    rev: of.seen?.rev ?? 0,
    gen: (of.seen?.gen ?? 0) + 1,
    deleted: false,
    temporary: of.temporary,
    log_tail: of.seen?.log_tail ?? 0,
    ...lifetimeOf(of.ttl, of.now),
  };
}

export type CreateThreadResult =
  | { kind: "created" | "found"; row: ThreadRow }
  | { kind: "exists"; detail: string }
  | UpdateRefusal;

/**
 * `do_nothing` gives the stored thread back, unchanged. Supersteps are the thread's state from the start: the graph that the metadata
 * names takes all of them, or there is no thread.
 */
export async function createThread(
  ports: Ports,
  body: ThreadCreate & { supersteps?: Superstep[] | undefined },
): Promise<CreateThreadResult> {
  const groups = inGroups(body.supersteps ?? []);
  const large = tooLarge({ metadata: body.metadata });
  if (large) return { kind: "invalid", detail: large };
  const thread_id = body.thread_id ?? ports.ids.uuid7();

  const tries = startTries(LOST_RACE, ports.clock);
  for (;;) {
    const seen = body.thread_id === undefined ? undefined : await ports.threads.get(thread_id);
    if (seen?.expired) {
      await deleteThread(ports, thread_id);
      continue;
    }
    if (seen && !seen.deleted)
      return body.if_exists === "do_nothing"
        ? { kind: "found", row: seen }
        : { kind: "exists", detail: `Thread with ID ${thread_id} already exists` };
    if (seen) await completeDeletion(ports, seen);
    const fresh = newThread({
      thread_id,
      now: ports.clock.now(),
      seen,
      temporary: false,
      metadata: callersKeys(body.metadata),
      ttl: body.ttl ?? ports.engine.threadTtl(),
    });
    if (groups.length > 0) {
      const row = { ...fresh, log_tail: await tailOf(ports.log, fresh) };
      const made = await createWithState(ports, { row, seen: seen?.rev }, groups);
      if (made) return made;
      await tries.again(contended("the thread"));
      continue;
    }
    const row = { ...fresh, rev: fresh.rev + 1 };
    if ((await ports.threads.put({ row, seen: seen?.rev }, ports.ids.nonce())) === "put")
      return { kind: "created", row };
    await tries.again(contended("the thread"));
  }
}

/** @returns undefined if others were faster */
async function createWithState(
  ports: UpdatePorts,
  thread: ThreadWrite,
  groups: Superstep[][],
): Promise<CreateThreadResult | undefined> {
  const prepared = await prepareUpdates(ports, thread.row, { groups });
  if (prepared.kind !== "prepared") return prepared;
  const result = await commitUpdates(ports, { ...thread, sent: [] }, prepared.updates);
  if (result.kind === "contended") return undefined;
  return result.kind === "committed"
    ? { kind: "created", row: result.row }
    : { kind: "invalid", detail: result.detail };
}
