/** Many seeds on several threads, which are kept for the next exploration. */
import { Worker } from "node:worker_threads";
import type { Faults } from "./faults.ts";
import type { Job } from "./sim-thread.ts";
import type { Outcome } from "./simulate.ts";

export interface Exploration {
  seeds: readonly number[];
  without?: string[];
  plan?: Partial<Faults>;
  traced?: boolean;
  /** End with the first violation. */
  untilFailed?: boolean;
  onOutcome?: (outcome: Outcome) => void;
}

export interface Explorer {
  /** Outcomes with violations, by seed. */
  explore(exploration: Exploration): Promise<Outcome[]>;
  /** One seed with everything that happens in it. */
  trace(seed: number, how?: Pick<Exploration, "without" | "plan">): Promise<Outcome>;
  close(): Promise<void>;
}

/** Seeds of one message: enough to hide its cost, few enough to stop early. */
const CHUNK = 5;

export const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

export function openExplorer(threads = 2): Explorer {
  const workers = Array.from({ length: threads }, () => new Worker(new URL("./sim-thread.ts", import.meta.url)));

  const explore = async (exploration: Exploration): Promise<Outcome[]> => {
    const { seeds, without = [], plan = {}, traced = false, untilFailed = false, onOutcome } = exploration;
    const failed: Outcome[] = [];
    let at = 0;
    const work = async (worker: Worker): Promise<void> => {
      while (at < seeds.length && !(untilFailed && failed.length)) {
        const chunk = seeds.slice(at, at + CHUNK);
        at += CHUNK;
        for (const outcome of await ask(worker, { seeds: chunk, without, plan, traced })) {
          if (outcome.violations.length) failed.push(outcome);
          onOutcome?.(outcome);
        }
      }
    };
    await Promise.all(workers.map(work));
    return failed.toSorted((one, other) => one.seed - other.seed);
  };

  return {
    explore,
    trace: async (seed, how = {}) => {
      const outcomes: Outcome[] = [];
      await explore({ seeds: [seed], ...how, traced: true, onOutcome: (outcome) => outcomes.push(outcome) });
      const [outcome] = outcomes;
      if (!outcome) throw new Error(`seed ${seed} did not run`);
      return outcome;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(worker: Worker, job: Job): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.postMessage(job, []);
  });
}
