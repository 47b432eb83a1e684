/** Faults as wrappers around ports: what a network does to calls. Must not know what is tested. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import type { ThreadLog } from "../../functions/core/log/log-port.ts";

/** Answers are lost by plan: `before` = the call never arrives, `after` = it was carried out. `n` counts appends from 1. */
export function unclearAppends(log: ThreadLog, plan: (n: number) => "before" | "after" | undefined): ThreadLog {
  let n = 0;
  return {
    ...log,
    async append(thread_id, slot) {
      const fault = plan(++n);
      if (fault === "before") throw new Unclear("the request was lost");
      const result = await log.append(thread_id, slot);
      if (fault === "after") throw new Unclear("the answer was lost");
      return result;
    },
  };
}

/** Every append waits for `gate` first. */
export const slowAppends = (log: ThreadLog, gate: (n: number) => Promise<void>): ThreadLog => {
  let n = 0;
  return {
    ...log,
    async append(thread_id, slot) {
      await gate(++n);
      return log.append(thread_id, slot);
    },
  };
};
