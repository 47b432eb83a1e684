/** The port of stored assistants. Expected races are return values. */
import type { AssistantRow, AssistantVersion, ListedAssistant } from "./assistant-row.ts";

export interface AssistantWrite {
  row: AssistantRow;
  /** Revision that was read; undefined = there was no row. */
  seen: number | undefined;
  /** Versions that come with it. */
  versions: AssistantVersion[];
}

export interface Assistants {
  /** Consistent. */
  get(assistant_id: string): Promise<AssistantRow | undefined>;
  /** Those that are there, in no order. */
  read(assistant_ids: readonly string[]): Promise<AssistantRow[]>;
  /** Row, listing and versions at once. @param nonce of this put alone: the row that is there may be its own */
  put(write: AssistantWrite, nonce: string): Promise<"put" | "conflict">;
  /** Row and listing, on condition of the row as read; then its versions. */
  remove(row: AssistantRow): Promise<"removed" | "conflict">;
  version(row: Pick<AssistantRow, "assistant_id" | "born">, version: number): Promise<AssistantVersion | undefined>;
  /** Newest first, in pages as they are read. */
  versions(row: Pick<AssistantRow, "assistant_id" | "born">): AsyncIterable<AssistantVersion[]>;
  /** All, consistent. `too_many`: more than LISTED_ASSISTANTS, which no search reads. */
  list(): Promise<ListedAssistant[] | "too_many">;
}
