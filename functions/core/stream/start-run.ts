/** The command `run.start` (Agent Server API). */
import type { RunStart } from "../../protocol/thread-stream.ts";
import type { Ports } from "../ports.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { type Asked, createStreamedRun, earlierAnswer, type StartResult } from "./create-streamed-run.ts";
import { pendingIds } from "./pending-interrupts.ts";

/**
 * On a thread that waits for an answer the input is that answer. `null` goes on from the checkpoint, as does its absence. Of two inputs at
 * once, only the first is an answer.
 */
export async function startRun(ports: Ports, asked: Asked, { input, ...params }: RunStart): Promise<StartResult> {
  for (;;) {
    const earlier = await earlierAnswer(ports, asked);
    if (earlier) return earlier;
    const thread = await ports.threads.get(asked.thread_id);
    const answers = input !== undefined && input !== null && thread && (await isAsking(ports, thread));
    if (!answers)
      return createStreamedRun(ports, asked, { ...params, input: input ?? null }, { read: thread ?? "none" });
    const { rev } = thread;
    const result = await createStreamedRun(ports, asked, { ...params, command: { resume: input } }, { rev });
    if (result.kind !== "outdated") return result;
  }
}

const isAsking = async (ports: Ports, thread: ThreadRow): Promise<boolean> =>
  !thread.deleted && (await pendingIds(ports, thread)).length > 0;
