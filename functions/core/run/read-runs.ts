/** Runs as the API shows them. Must not show runs of a deleted thread or tombstones. */
import type { Run, RunKwargs, RunStatus } from "../../protocol/run.ts";
import type { Impossible } from "../failure/failure.ts";
import { unpack } from "../log/slot-payload.ts";
import type { Ports } from "../ports.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { isFinal, isGone, type RunRef, type RunRow } from "./run-row.ts";

type RunPorts = Pick<Ports, "runs" | "inputs">;

export interface RunQuery {
  limit: number;
  offset: number;
  status?: RunStatus;
}

/** The thread was not deleted. A stateless run's thread is a tombstone at the end but still belongs to the run (design 4.9). */
export const isOfLivingThread = (thread: ThreadRow | undefined, run: RunRow): boolean =>
  thread !== undefined && run.gen === thread.gen && (!thread.deleted || thread.temporary);

export const isReadable = (thread: ThreadRow | undefined, run: RunRow | undefined): run is RunRow =>
  run !== undefined && !isGone(run) && isOfLivingThread(thread, run);

export async function findRun(ports: Pick<Ports, "runs">, ref: RunRef): Promise<RunRow | undefined> {
  const { thread, run } = await ports.runs.load(ref);
  return isReadable(thread, run) ? run : undefined;
}

export async function getRun(ports: RunPorts, ref: RunRef): Promise<Run | undefined> {
  const run = await findRun(ports, ref);
  return run && runResource(ports, run);
}

/** Newest first; undefined for an unknown thread. */
export async function listRuns(
  ports: RunPorts & Pick<Ports, "threads" | "logger">,
  thread_id: string,
  { limit, offset, status }: RunQuery,
): Promise<Run[] | undefined> {
  const thread = await ports.threads.get(thread_id);
  if (!thread || (thread.deleted && !thread.temporary)) return undefined;
  const leftOut = (error: Impossible): void =>
    ports.logger.error("a run is left out of a list", { thread_id, error: String(error) });
  const runs = (await ports.runs.list(thread_id, leftOut)).filter(
    (run) => isReadable(thread, run) && (status === undefined || statusOf(run) === status),
  );
  return Promise.all(runs.slice(offset, offset + limit).map((run) => runResource(ports, run)));
}

/** undefined if the input is not there: that of a temporary run expires. */
export async function readKwargs(ports: Pick<Ports, "inputs">, row: RunRow): Promise<RunKwargs | undefined> {
  const bytes = await ports.inputs.get(row.run_id, row.input_parts);
  return bytes && decodeKwargs(bytes);
}

export const decodeKwargs = (bytes: Uint8Array): RunKwargs => JSON.parse(unpack(bytes).toString()) as RunKwargs;

/** Without the user: others may see the run, and a user may hold what only the project's code should know. */
async function shownKwargs(ports: Pick<Ports, "inputs">, row: RunRow): Promise<Partial<RunKwargs>> {
  const { user: _user, ...kwargs }: Partial<RunKwargs> = (await readKwargs(ports, row)) ?? {};
  return kwargs;
}

export async function runResource(ports: Pick<Ports, "inputs">, row: RunRow): Promise<Run> {
  return {
    run_id: row.run_id,
    thread_id: row.thread_id,
    assistant_id: row.assistant_id,
    created_at: row.created_at,
    updated_at: row.updated_at,
    status: statusOf(row),
    metadata: row.metadata,
    kwargs: await shownKwargs(ports, row),
    multitask_strategy: row.multitask_strategy,
  };
}

/** An accepted cancel decides how a run ends, so it shows at once. Only a webhook can show how a tombstone ended: as interrupted. */
const statusOf = (run: RunRow): RunStatus => {
  if (run.status === "rolled_back" || run.status === "deleted") return "interrupted";
  return !isFinal(run) && run.cancel !== undefined ? "interrupted" : run.status;
};
