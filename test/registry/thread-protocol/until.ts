/** Waits for what a client shows. */
import { setTimeout as pause } from "node:timers/promises";
import { PATIENCE } from "../../support/patience.ts";

const LOOK_EVERY_MS = 50;
/** ms. A run whose worker is killed goes on after its lease has run out. */
const GIVE_UP = 2 * PATIENCE;

/** @throws Error with what was seen last */
export async function until<T>(look: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  for (const began = performance.now(); ; await pause(LOOK_EVERY_MS)) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (performance.now() - began > GIVE_UP) throw new Error(`Seen last: ${JSON.stringify(seen).slice(0, 600)}`);
  }
}
