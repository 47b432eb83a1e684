/** The result of wait and join for a run that has ended, from its row and head, so that both always agree. */
import { isJsonObject, type Json } from "../../protocol/json.ts";
import { rootCheckpoint } from "../../protocol/thread.ts";
import type { Ports } from "../ports.ts";
import type { FinishedRun } from "./run-row.ts";

/** Never null, for the JS SDK looks for `__error__` in it. */
export async function runResult(ports: Pick<Ports, "engine">, run: FinishedRun): Promise<Json> {
  if (run.status === "error" && run.error) return { __error__: { error: run.error.error, message: run.error.message } };
  const values = (await ports.engine.values(run.thread_id, run.head)) ?? {};
  const interrupts = await interruptsOf(ports, run);
  if (!interrupts.length) return values;
  const shown = { __interrupt__: interrupts };
  return isJsonObject(values) ? { ...values, ...shown } : shown;
}

/** Small ones are on the row. Larger ones are read from the checkpoint where the run stopped. */
async function interruptsOf(ports: Pick<Ports, "engine">, run: FinishedRun): Promise<Json[]> {
  if (run.interrupts)
    return Object.values(run.interrupts)
      .flat()
      .map((interrupt) => ({ ...interrupt }));
  if (!run.head) return [];
  const { thread_id, graph_id, head } = run;
  const state = await ports.engine.state({ thread_id, graph_id, checkpoint: rootCheckpoint(head.checkpoint_id) });
  return state.interrupts.map((interrupt) => ({ ...interrupt }));
}
