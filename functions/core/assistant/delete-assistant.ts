/** Deletes an assistant with its versions. That of a graph is again what langgraph.json says. Its runs go on. */
import type { Ports } from "../ports.ts";
import { findStored } from "./find-assistant.ts";

export type DeleteAssistantResult = "deleted" | "not_found";

export async function deleteAssistant(
  ports: Pick<Ports, "engine" | "assistants" | "logger">,
  id: string,
): Promise<DeleteAssistantResult> {
  for (;;) {
    const found = await findStored(ports, id);
    if (!found) return "not_found";
    if (!found.row) return "deleted";
    if ((await ports.assistants.remove(found.row)) === "conflict") continue;
    ports.logger.info("assistant deleted", { assistant_id: found.row.assistant_id });
    return "deleted";
  }
}
