/** The port of crons as one request sees it. */
import type { CronRow, Crons } from "../cron/cron-port.ts";
import { isInSight, OutOfSight, type Scope, sightOf } from "./scope.ts";
import type { ThreadsInSight } from "./threads-in-sight.ts";

export function scopeCrons(crons: Crons, scope: Scope, threads: ThreadsInSight): Crons {
  const isShown = ({ metadata }: CronRow): boolean => isInSight(sightOf(scope, "crons"), metadata);
  const get: Crons["get"] = async (cron_id) => {
    sightOf(scope, "crons");
    const row = await crons.get(cron_id);
    return row && isShown(row) ? row : undefined;
  };
  const demand = async (cron_id: string): Promise<void> => {
    const row = await crons.get(cron_id);
    if (row && !isShown(row)) throw new OutOfSight(`cron ${cron_id}`);
  };
  return {
    get,
    payload: async (cron_id) => ((await get(cron_id)) ? crons.payload(cron_id) : undefined),
    async put(write) {
      await demand(write.row.cron_id);
      return crons.put(write);
    },
    async remove(row) {
      await demand(row.cron_id);
      return crons.remove(row);
    },
    async list() {
      const sight = sightOf(scope, "crons");
      const all = await crons.list();
      return all === "too_many" ? all : all.filter(({ metadata }) => isInSight(sight, metadata));
    },
    // They go with their thread, whoever has made them.
    removeOfThread: (thread_id, gen) => threads.demand(thread_id).then(() => crons.removeOfThread(thread_id, gen)),
  };
}
