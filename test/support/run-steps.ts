/** Steps that tests of a run's life share: create, handle, read to the end, look at the status. */
import type { Cursor } from "../../functions/core/log/cursor.ts";
import type { TailEvent } from "../../functions/core/log/log-reader.ts";
import { tailRun } from "../../functions/core/log/tail-log.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import type { RunOutcome } from "../../functions/core/run/execute/engine-port.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { type CorePorts, runBody, type Script } from "./core-ports.ts";

export const host = { drain: new AbortController().signal };
export const completed: RunOutcome = { kind: "completed" };
export const completes: Script = () => Promise.resolve(completed);

/** Emits its attempt and ends. */
export const hello: Script = ({ attempt }, { sink }) => {
  sink.emit({ event: "custom", data: JSON.stringify(`attempt ${attempt}`) }, "token");
  return Promise.resolve(completed);
};

export async function created(ports: CorePorts, thread_id: string | null, fields: object = {}) {
  const result = await createRun(ports, { thread_id, body: runBody(fields) });
  if (result.kind !== "created") throw new Error(`${result.kind}: ${result.detail}`);
  return result.run;
}

/** Gives every message of the queue to one worker, one after the other. */
export async function handleAll(ports: CorePorts): Promise<void> {
  for (let ref = ports.sent.shift(); ref; ref = ports.sent.shift()) await handleMessage(ports, ref, host);
}

export async function readAll(ports: CorePorts, ref: RunRef, cursor: Cursor = { kind: "start" }) {
  const events: TailEvent[] = [];
  const tail = tailRun(ports, ref, { cursor });
  for (;;) {
    const step = await tail.next();
    if (step.done) return { events, end: step.value };
    events.push(...step.value.events);
  }
}

export const statusOf = async (ports: CorePorts, ref: RunRef) => (await ports.runs.get(ref))?.status;
export const names = (events: TailEvent[]) => events.map(({ event, data }) => `${event} ${data}`);
