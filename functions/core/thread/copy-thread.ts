/** Copies a thread: its checkpoints under the same ids, its metadata and what it waits for. Its runs and its log stay behind. */
import type { JsonObject } from "../../protocol/json.ts";
import type { Ports } from "../ports.ts";
import { newThread } from "./create-thread.ts";
import type { ThreadRow } from "./thread-row.ts";
import { findThread } from "./threads.ts";

type CopyPorts = Pick<Ports, "checkpoints" | "clock" | "engine" | "ids" | "logger" | "threads">;

/**
 * The row comes last: nobody sees half a copy. Of a run in flight the copy has the checkpoints so far, and shows no interrupt.
 * @param changed metadata in place of the source's
 * @returns undefined if there is no such thread
 */
export async function copyThread(
  ports: CopyPorts,
  from: string,
  changed: { metadata?: JsonObject } = {},
): Promise<ThreadRow | undefined> {
  const source = await findThread(ports, from);
  if (!source) return undefined;
  const thread_id = ports.ids.uuid7();
  await ports.checkpoints.copy(from, thread_id);
  const newest = await ports.checkpoints.head(thread_id, "");
  const isSame = newest !== undefined && newest.checkpoint_id === source.head?.checkpoint_id;
  const fresh = newThread({
    thread_id,
    now: ports.clock.now(),
    seen: undefined,
    temporary: false,
    ttl: ports.engine.threadTtl(),
  });
  const { config, graph_id, head, interrupts, error, state_updated_at } = source;
  const row: ThreadRow = {
    ...fresh,
    rev: 1,
    metadata: changed.metadata ?? source.metadata,
    config,
    state_updated_at,
    ...(graph_id !== undefined && { graph_id }),
    ...(newest && { head: isSame && head ? head : { checkpoint_id: newest.checkpoint_id } }),
    ...(isSame && source.status === "interrupted" && { status: "interrupted" as const }),
    ...(isSame && interrupts && { interrupts }),
    ...(isSame && error && { error }),
  };
  await ports.threads.put({ row, seen: undefined }, ports.ids.nonce());
  ports.logger.info("thread copied", { thread_id, from });
  return row;
}
