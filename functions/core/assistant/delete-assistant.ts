/**
 * Deletes an assistant with its versions and its crons. That of a graph is again what langgraph.json says, and keeps its crons. Runs go on.
 */
import type { Ports } from "../ports.ts";
import { findStored } from "./find-assistant.ts";

export type DeleteAssistantResult = "deleted" | "not_found";

export async function deleteAssistant(
  ports: Pick<Ports, "engine" | "assistants" | "crons" | "logger">,
  id: string,
): Promise<DeleteAssistantResult> {
  for (;;) {
    const found = await findStored(ports, id);
    if (!found) return "not_found";
    if (!found.row) return "deleted";
    if ((await ports.assistants.remove(found.row)) === "conflict") continue;
    if (!found.row.system) await removeCrons(ports, found.row.assistant_id);
    ports.logger.info("assistant deleted", { assistant_id: found.row.assistant_id });
    return "deleted";
  }
}

/** Where there are too many to look through, each is told when it is due. */
async function removeCrons({ crons }: Pick<Ports, "crons">, assistant_id: string): Promise<void> {
  const all = await crons.list();
  const own = all === "too_many" ? [] : all.filter((cron) => cron.assistant_id === assistant_id);
  await Promise.all(own.map((cron) => crons.remove(cron)));
}
