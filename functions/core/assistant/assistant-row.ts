/** What is kept about an assistant. Field names are those of the table (design 3) and of the API. */
import type { Assistant } from "../../protocol/assistant.ts";

export interface AssistantRow extends Assistant {
  /** Nonce of its creation: what is left of an earlier assistant of the same id is none of its versions. */
  born: string;
  /** The greatest version number; `version` is the one in use. */
  newest: number;
  /** Goes up with every write: all writes are conditional on the revision that was read. */
  rev: number;
  /** Stands for the assistant of a graph, which was changed; without its graph it does not exist. */
  system?: true | undefined;
}

/** An immutable snapshot; `created_at` is the version's own. */
export type AssistantVersion = Omit<Assistant, "updated_at">;

/** What listings see of an assistant. */
export interface ListedAssistant extends Pick<
  AssistantRow,
  "assistant_id" | "graph_id" | "name" | "created_at" | "updated_at" | "system"
> {
  /** Absent if it is too large for the listing: the row has it. */
  metadata?: Assistant["metadata"] | undefined;
}

export const resourceOf = ({ born: _b, newest: _n, rev: _r, system: _s, ...assistant }: AssistantRow): Assistant =>
  assistant;

export const versionOf = ({ updated_at, ...assistant }: Assistant): AssistantVersion => ({
  ...assistant,
  created_at: updated_at,
});
