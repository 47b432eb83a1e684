/**
 * Deletes an assistant with its versions and its crons, and stops its runs. That of a graph is again what langgraph.json says, and keeps
 * its crons and its runs.
 */
import type { Ports } from "../ports.ts";
import { cancelAll } from "../run/end/cancel-runs.ts";
import { findInFlight } from "../run/end/find-in-flight.ts";
import { SEARCHED_THREADS } from "../thread/limits.ts";
import { deleteThreadsOf } from "./delete-threads.ts";
import { findStored } from "./find-assistant.ts";

export type DeleteAssistantResult =
  | { kind: "deleted" }
  | { kind: "not_found" | "invalid" | "not_ended"; detail: string };

/** Its threads, with `options.threads`, and its runs go first: who repeats a delete that has failed still finds the assistant. */
export async function deleteAssistant(
  ports: Ports,
  id: string,
  options: { threads: boolean },
): Promise<DeleteAssistantResult> {
  for (let left = options.threads; ;) {
    const found = await findStored(ports, id);
    if (!found) return { kind: "not_found", detail: "Assistant not found" };
    const { assistant_id } = found.assistant;
    const threads = left ? await deleteThreadsOf(ports, assistant_id) : "deleted";
    if (threads !== "deleted") return { kind: threads === "too_many" ? "invalid" : threads, detail: WHY[threads] };
    left = false;
    if (!found.row) return { kind: "deleted" };
    const { system } = found.row;
    if (!system)
      await cancelAll(ports, await findInFlight(ports, (run) => run.assistant_id === assistant_id), "interrupt");
    if ((await ports.assistants.remove(found.row)) === "conflict") continue;
    if (!system) await removeCrons(ports, assistant_id);
    ports.logger.info("assistant deleted", { assistant_id });
    return { kind: "deleted" };
  }
}

const WHY = {
  too_many: `delete_threads: there are more than ${SEARCHED_THREADS} threads to look through`,
  not_ended: "delete_threads: a thread's active run has not ended. It goes when the run ends; repeat the request",
};

/** Where there are too many to look through, each is told when it is due. */
async function removeCrons({ crons }: Pick<Ports, "crons">, assistant_id: string): Promise<void> {
  const all = await crons.list();
  const own = all === "too_many" ? [] : all.filter((cron) => cron.assistant_id === assistant_id);
  await Promise.all(own.map((cron) => crons.remove(cron)));
}
