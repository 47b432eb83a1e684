/** Gives a process group a share of one CPU, as Lambda gives a function by its memory: it is stopped for the rest of each period. */

/** ms. The period in which Lambda accounts CPU. */
const PERIOD = 20;
/** MB that come with one whole CPU. */
const MB_PER_CPU = 1_769;

export const shareOf = (memory: number): number => Math.min(1, memory / MB_PER_CPU);

/** @param pid of the process that leads the group @returns a function that removes the limit */
export function limitCpu(pid: number, share: number): () => void {
  if (share >= 1) return () => undefined;
  let stopped: NodeJS.Timeout | undefined;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  const period = setInterval(() => {
    signal("SIGSTOP");
    stopped = setTimeout(() => signal("SIGCONT"), PERIOD * (1 - share));
  }, PERIOD);
  return () => {
    clearInterval(period);
    clearTimeout(stopped);
    signal("SIGCONT");
  };
}
