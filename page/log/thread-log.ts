/** The log of a thread as the page has it: its runs in the order in which they began, and updates of its state. */
import type { StreamedEvent } from "./streamed-event.ts";
import { type LoggedEvent, RunLog } from "./run-log.ts";

/** What changed beside the events: the page asks for the resources again. */
export interface Growth {
  /** A run began or ended, or the state was updated. */
  changed: boolean;
  /** A superstep may be over. */
  stepped: boolean;
}

interface Metadata {
  run_id?: string;
  attempt?: number;
  status?: string;
  /** ISO, of a hand-over. */
  at?: string;
}

export class ThreadLog {
  readonly runs = new Map<string, RunLog>();
  #current: RunLog | undefined;

  /** @param at ms since 1970, if they are live */
  append(events: readonly StreamedEvent[], at: number | undefined): Growth {
    const growth: Growth = { changed: false, stepped: false };
    for (const streamed of events) {
      const event: LoggedEvent = { ...streamed, at };
      if (event.event === "metadata") {
        growth.changed = true;
        this.#mark(event, JSON.parse(event.data) as Metadata);
      } else if (event.event === "state_update") growth.changed = true;
      else {
        growth.stepped ||= !event.event.startsWith("messages");
        this.#current?.append(event);
      }
    }
    return growth;
  }

  #mark(event: LoggedEvent, { run_id = "", attempt, status, at }: Metadata): void {
    const run = this.runs.get(run_id) ?? new RunLog(run_id);
    this.runs.set(run_id, run);
    this.#current = run;
    run.append(event);
    const handedOver = status === "run_handed_over";
    const last = run.starts.at(-1);
    if (status === "run_done") run.ended = true;
    else
      run.starts.push({
        attempt: attempt ?? last?.attempt ?? 1,
        handedOver,
        event: at === undefined ? event : { ...event, at: Date.parse(at) },
      });
  }
}
