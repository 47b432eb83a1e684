/**
 * Deletes an assistant with its versions and its crons. That of a graph is again what langgraph.json says, and keeps its crons. Runs go on.
 */
import type { Ports } from "../ports.ts";
import { SEARCHED_THREADS } from "../thread/limits.ts";
import { deleteThreadsOf } from "./delete-threads.ts";
import { findStored } from "./find-assistant.ts";

export type DeleteAssistantResult = { kind: "deleted" } | { kind: "not_found" | "invalid"; detail: string };

/** @param options.threads its threads, too; first, so that a repetition goes on where a delete has failed */
export async function deleteAssistant(
  ports: Ports,
  id: string,
  options: { threads: boolean },
): Promise<DeleteAssistantResult> {
  for (let left = options.threads; ;) {
    const found = await findStored(ports, id);
    if (!found) return { kind: "not_found", detail: "Assistant not found" };
    const { assistant_id } = found.assistant;
    if (left && (await deleteThreadsOf(ports, assistant_id)) === "too_many")
      return {
        kind: "invalid",
        detail: `delete_threads: there are more than ${SEARCHED_THREADS} threads to look through`,
      };
    left = false;
    if (!found.row) return { kind: "deleted" };
    if ((await ports.assistants.remove(found.row)) === "conflict") continue;
    if (!found.row.system) await removeCrons(ports, assistant_id);
    ports.logger.info("assistant deleted", { assistant_id });
    return { kind: "deleted" };
  }
}

/** Where there are too many to look through, each is told when it is due. */
async function removeCrons({ crons }: Pick<Ports, "crons">, assistant_id: string): Promise<void> {
  const all = await crons.list();
  const own = all === "too_many" ? [] : all.filter((cron) => cron.assistant_id === assistant_id);
  await Promise.all(own.map((cron) => crons.remove(cron)));
}
