/**
 * The port of stored assistants as one request sees it. The assistant of a graph is the project's own: everybody sees it, and changing it
 * is for those whose filter it matches.
 */
import type { Assistants } from "../assistant/assistant-port.ts";
import type { AssistantRow, ListedAssistant } from "../assistant/assistant-row.ts";
import { isInSight, OutOfSight, type Scope, sightOf } from "./scope.ts";

export function scopeAssistants(assistants: Assistants, scope: Scope): Assistants {
  const isOwn = ({ metadata }: Pick<AssistantRow, "metadata">): boolean =>
    isInSight(sightOf(scope, "assistants"), metadata);
  const isShown = (row: AssistantRow): boolean => row.system === true || isOwn(row);
  /** Whoever changes one has read it. */
  const demandOwn = async (assistant_id: string): Promise<void> => {
    const row = await assistants.get(assistant_id);
    if (row && !isOwn(row)) throw new OutOfSight(`assistant ${assistant_id}`);
  };

  return {
    async get(assistant_id) {
      sightOf(scope, "assistants");
      const row = await assistants.get(assistant_id);
      return row && isShown(row) ? row : undefined;
    },
    read: async (assistant_ids) => (await assistants.read(assistant_ids)).filter(isShown),
    async put(write, nonce) {
      const { assistant_id, system } = write.row;
      if (write.seen !== undefined) await demandOwn(assistant_id);
      // The first change of a graph's assistant, which no filter can have matched.
      else if (system && sightOf(scope, "assistants").kind !== "all") throw new OutOfSight(`assistant ${assistant_id}`);
      const result = await assistants.put(write, nonce);
      if (result === "conflict") await demandOwn(assistant_id);
      return result;
    },
    async remove(row) {
      await demandOwn(row.assistant_id);
      return assistants.remove(row);
    },
    version: (row, version) => assistants.version(row, version),
    versions: (row) => assistants.versions(row),
    async list() {
      const sight = sightOf(scope, "assistants");
      const all = await assistants.list();
      if (all === "too_many" || sight.kind === "all") return all;
      return inSight(assistants, all, (metadata) => isInSight(sight, metadata));
    },
  };
}

/** Metadata that is too large for the listing is read from the rows. */
async function inSight(
  assistants: Assistants,
  all: readonly ListedAssistant[],
  isOwn: (metadata: AssistantRow["metadata"]) => boolean,
): Promise<ListedAssistant[]> {
  const unsure = all.filter(({ metadata }) => metadata === undefined).map(({ assistant_id }) => assistant_id);
  const rows = unsure.length > 0 ? await assistants.read(unsure) : [];
  const own = new Set(rows.filter(({ metadata }) => isOwn(metadata)).map(({ assistant_id }) => assistant_id));
  return all.filter(
    ({ assistant_id, system, metadata }) =>
      system === true || (metadata === undefined ? own.has(assistant_id) : isOwn(metadata)),
  );
}
