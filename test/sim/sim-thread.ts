/** A thread of the simulator: runs seeds as they are asked for. */
import { parentPort } from "node:worker_threads";
import type { Faults } from "./faults.ts";
import { switchesFor } from "./rules.ts";
import { type Outcome, simulate } from "./simulate.ts";

export interface Job {
  seeds: number[];
  without: string[];
  plan: Partial<Faults>;
  traced: boolean;
}

const port = parentPort;
if (!port) throw new Error("the simulator runs in a thread of its own");
let seed: number | undefined;
// What ends a real process is a violation here.
process.on("unhandledRejection", (error) => {
  throw new Error(`unhandled in seed ${seed}: ${String(error)}`, { cause: error });
});
port.on("message", (job: Job) => void run(job));

async function run({ seeds, without, plan, traced }: Job): Promise<void> {
  const outcomes: Outcome[] = [];
  for (seed of seeds) outcomes.push(await simulate({ seed, switches: switchesFor(without), plan, traced }));
  port?.postMessage(outcomes);
}
