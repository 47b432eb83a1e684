/** How the outcome of a graph ends its run. */
import { jsonBytes, WHOLE_BYTES } from "../../json/size-limits.ts";
import { STREAM_ONLY } from "../../stream/stream-only.ts";
import { type Ending, failed } from "../end/endings.ts";
import type { RunOutcome } from "./engine-port.ts";

export type Failed = Extract<RunOutcome, { kind: "failed" }>;

/** What is left for the last slot. */
interface Rest {
  after: string;
  events: Ending["events"];
}

export function endingOf(
  outcome: Exclude<RunOutcome, { kind: "drained" | "crashed" }>,
  { after, events }: Rest,
): Ending {
  const common = { after, events, interrupts: {}, error: null, ...(outcome.head && { head: outcome.head }) };
  switch (outcome.kind) {
    case "completed":
      return { ...common, status: "success", thread_status: "idle" };
    case "paused":
      if (jsonBytes(outcome.interrupts) > WHOLE_BYTES) return endingOf(interruptsTooLarge(outcome), { after, events });
      return {
        ...common,
        status: "success",
        thread_status: "interrupted",
        interrupts: outcome.interrupts,
        events: [...events, { event: STREAM_ONLY.paused, data: "{}" }],
      };
    case "failed": {
      const ending = failed(outcome.error, after);
      const untouched = outcome.untouched && { untouched: outcome.untouched };
      return { ...common, ...ending, events: [...events, ...ending.events], ...untouched };
    }
    case "aborted": {
      const thread_status = outcome.unfinished ? "interrupted" : "idle";
      return { ...common, status: "interrupted", thread_status, interrupts: outcome.interrupts };
    }
  }
}

/** The interrupts are too large for anybody to read. */
const interruptsTooLarge = ({ head }: Extract<RunOutcome, { kind: "paused" }>): Failed => ({
  kind: "failed",
  ...(head && { head }),
  error: {
    error: "TooLarge",
    message: `The interrupts of the run have more than ${WHOLE_BYTES} bytes of JSON together: nobody could read them`,
  },
});

/** What an engine that throws is shown as. */
export const thrown = (error: unknown): Failed => ({
  kind: "failed",
  error: {
    error: error instanceof Error ? error.name : "Error",
    message: error instanceof Error ? error.message : String(error),
  },
});
