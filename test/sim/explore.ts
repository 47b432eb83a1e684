/** Many seeds on several threads. */
import { Worker } from "node:worker_threads";
import type { Faults } from "./faults.ts";
import type { Job } from "./sim-thread.ts";
import type { Outcome } from "./simulate.ts";

/** Seeds of one message: enough to hide its cost, few enough to stop early. */
const CHUNK = 20;

export interface Exploration {
  seeds: number[];
  without?: string[];
  plan?: Partial<Faults>;
  traced?: boolean;
  threads?: number;
  /** Called with every outcome, in no order; true = enough. */
  onOutcome?: (outcome: Outcome) => boolean | void;
}

/** Outcomes with violations, by seed. */
export async function explore(exploration: Exploration): Promise<Outcome[]> {
  const { seeds, without = [], plan = {}, traced = false, threads = 2, onOutcome } = exploration;
  const found: Outcome[] = [];
  let at = 0;
  let enough = false;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./sim-thread.ts", import.meta.url));
    try {
      while (at < seeds.length && !enough) {
        const job: Job = { seeds: seeds.slice(at, (at += CHUNK)), without, plan, traced };
        for (const outcome of await ask(worker, job)) {
          if (outcome.violations.length) found.push(outcome);
          if (onOutcome?.(outcome)) enough = true;
        }
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, Math.ceil(seeds.length / CHUNK)) }, work));
  return found.toSorted((one, other) => one.seed - other.seed);
}

function ask(worker: Worker, job: Job): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.postMessage(job, []);
  });
}

/** One seed again, with everything that happens in it. */
export async function trace(seed: number, without: string[] = [], plan: Partial<Faults> = {}): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  await explore({ seeds: [seed], without, plan, traced: true, onOutcome: (outcome) => void outcomes.push(outcome) });
  const [outcome] = outcomes;
  if (!outcome) throw new Error(`seed ${seed} did not run`);
  return outcome;
}
