/**
 * Where a join begins: after the client's last event id, else where its first response began, else now (design 3). "Now" is turned into a
 * position in the log, so that a reconnect before the first event misses nothing.
 */
import type { Ports } from "../ports.ts";
import { isReadable } from "../run/read-runs.ts";
import { isFinal, type RunRef, type RunRow } from "../run/run-row.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { type Cursor, parseCursor } from "./cursor.ts";
import { tailOf } from "./log-tail.ts";
import { SLOT_EVENTS } from "./timings.ts";

/** @returns undefined for a run that nobody may see or that does not exist */
export async function findJoin(
  ports: Pick<Ports, "runs" | "log">,
  ref: RunRef,
  asked: { lastEventId: string | undefined; after: string | null },
): Promise<Cursor | undefined> {
  const { thread, run } = await ports.runs.load(ref);
  if (!thread || !isReadable(thread, run)) return undefined;
  const cursor = parseCursor(asked.lastEventId || asked.after);
  return cursor.kind === "live" ? liveCursor(ports, thread, run) : cursor;
}

async function liveCursor(ports: Pick<Ports, "log">, thread: ThreadRow, run: RunRow): Promise<Cursor> {
  if (isFinal(run)) return { kind: "live" };
  if (run.status === "pending") return { kind: "start" };
  return { kind: "after", slot: await tailOf(ports.log, thread), index: SLOT_EVENTS };
}
