/** Whether the event loop of a child turns. A node that blocks it blocks whatever the child is asked meanwhile. */
import { BLOCKED_AFTER } from "../timings.ts";
import type { Child } from "./child.ts";

/** `turns` resolves at once for a child without calls, else after BLOCKED_AFTER at most; to false for one that has gone, too. */
export function eventLoopOf(child: Child): { turns(): Promise<boolean> } {
  let asked: Promise<boolean> | undefined;
  let isLate = false;

  const ask = (): Promise<boolean> => {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => {
      isLate = true;
      late.resolve(false);
    }, BLOCKED_AFTER);
    const answered = (): boolean => {
      clearTimeout(timer);
      asked = undefined;
      isLate = false;
      return !child.isGone();
    };
    return Promise.race([child.call("ping", {}).answer.then(answered, answered), late.promise]);
  };
  return {
    async turns() {
      if (child.isGone()) return false;
      if (child.isIdle()) return true;
      if (isLate) return false;
      return (asked ??= ask());
    },
  };
}
