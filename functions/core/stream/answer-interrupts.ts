/** The command `input.respond`: a run that goes on with answers to interrupts (Agent Server API). */
import type { Json } from "../../protocol/json.ts";
import type { InputRespond } from "../../protocol/thread-stream.ts";
import type { Ports } from "../ports.ts";
import { graphOf } from "../thread/thread-row.ts";
import { type Asked, createStreamedRun, earlierAnswer, type StartResult } from "./create-streamed-run.ts";
import { untilPending } from "./pending-interrupts.ts";
import { ANSWER_PATIENCE } from "./timings.ts";

export type AnswerResult = StartResult | { kind: "no_run" | "no_interrupt"; detail: string };

/**
 * The ids are checked before there is a run: LangGraph takes a map with an id that it does not know as the answer itself. `namespace` is
 * not needed, as an id names one interrupt of the thread.
 */
export async function answerInterrupts(ports: Ports, asked: Asked, params: InputRespond): Promise<AnswerResult> {
  const { answers, update, goto, strict_resume, ...rest } = params;
  const ids = answers.map(({ interrupt_id }) => interrupt_id);
  const until = ports.clock.monotonic() + ANSWER_PATIENCE;
  const earlier = await earlierAnswer(ports, asked);
  if (earlier) return earlier;
  for (;;) {
    const found = await untilPending(ports, asked.thread_id, { ids, until });
    if (!found) return { kind: "no_run", detail: `Thread ${asked.thread_id} has no run that could be answered.` };
    const { thread, pending } = found;
    const missing = ids.find((id) => !pending.includes(id));
    if (missing !== undefined)
      return (
        (await earlierAnswer(ports, asked)) ?? {
          kind: "no_interrupt",
          detail: `No interrupt with ID ${missing} waits for an answer.`,
        }
      );
    const resume: Json = Object.fromEntries(answers.map(({ interrupt_id, response }) => [interrupt_id, response]));
    const assistant_id = thread.metadata["assistant_id"] ?? graphOf(thread) ?? null;
    const body = { ...rest, assistant_id, strict_resume, command: { resume, update, goto } };
    const result = await createStreamedRun(ports, asked, body, { rev: thread.rev });
    // Perhaps somebody else has answered: then it waits no longer.
    if (result.kind !== "outdated") return result;
  }
}
