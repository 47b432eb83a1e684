/**
 * Does what EventBridge does: a sweep at the start, so that runs of a stopped server go on at once, then one each minute, never two at
 * once.
 */
import type { Logger } from "../functions/core/ports.ts";
import { SWEEP_EVERY } from "../functions/core/run/timings.ts";

export function startSweepTimer(tick: () => Promise<unknown>, logger: Logger): { stop(): Promise<void> } {
  let running: Promise<void> | undefined;
  let stopped = false;
  const run = (): void => {
    running ??= tick()
      .then(() => undefined)
      .catch((error: unknown) => {
        if (!stopped) logger.error("sweep failed", { error: String(error) });
      })
      .finally(() => (running = undefined));
  };
  run();
  const timer = setInterval(run, SWEEP_EVERY);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
