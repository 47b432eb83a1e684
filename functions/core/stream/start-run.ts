/** The command `run.start` (Agent Server API). */
import type { RunStart } from "../../protocol/thread-stream.ts";
import type { Ports } from "../ports.ts";
import { findThread } from "../thread/threads.ts";
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
    const thread = await findThread(ports, asked.thread_id);
    const answers = input !== undefined && input !== null && thread && (await pendingIds(ports, thread)).length > 0;
    if (!answers) return createStreamedRun(ports, asked, { ...params, input: input ?? null });
    const result = await createStreamedRun(ports, asked, { ...params, command: { resume: input } }, thread.rev);
    if (result.kind !== "outdated") return result;
  }
}
