/** Searches assistants. The whole listing is read, since totals are exact and no filter has an index; rows are read for one page only. */
import type { Assistant, AssistantSearch } from "../../protocol/assistant.ts";
import { contains } from "../json/contains.ts";
import type { Ports } from "../ports.ts";
import { type AssistantRow, type ListedAssistant, resourceOf } from "./assistant-row.ts";
import { LISTED_ASSISTANTS } from "./limits.ts";
import { systemAssistants } from "./system-assistants.ts";

type SearchPorts = Pick<Ports, "engine" | "assistants">;
type Filter = Partial<Pick<AssistantSearch, "metadata" | "graph_id" | "name">>;
export type SearchQuery = Filter & Pick<AssistantSearch, "limit" | "offset" | "sort_by" | "sort_order">;

export type SearchResult =
  /** `total` counts all matches, not only the page. */
  { kind: "found"; page: Assistant[]; total: number } | { kind: "invalid"; detail: string };

export async function searchAssistants(ports: SearchPorts, query: SearchQuery): Promise<SearchResult> {
  const matches = await listAssistants(ports, query);
  if (matches === "too_many") return { kind: "invalid", detail: TOO_MANY };
  const key = query.sort_by ?? "created_at";
  const sign = query.sort_order === "asc" ? 1 : -1;
  const ordered = matches.toSorted((a, b) => sign * compare(a[key], b[key]) || compare(a.assistant_id, b.assistant_id));
  const page = await readListed(ports, ordered.slice(query.offset, query.offset + query.limit));
  return { kind: "found", page, total: matches.length };
}

export async function countAssistants(
  ports: SearchPorts,
  filter: Filter,
): Promise<{ kind: "found"; total: number } | { kind: "invalid"; detail: string }> {
  const matches = await listAssistants(ports, filter);
  return matches === "too_many" ? { kind: "invalid", detail: TOO_MANY } : { kind: "found", total: matches.length };
}

const TOO_MANY = `There are more than ${LISTED_ASSISTANTS} assistants, which no search looks through. Get them by id.`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Computed ones whole, of stored ones what the listing has. */
export type Listed = ListedAssistant | Assistant;

/** Without their versions' settings: `readListed` reads those of a page. */
export async function listAssistants(
  { engine, assistants }: SearchPorts,
  filter: Filter,
): Promise<Listed[] | "too_many"> {
  const stored = await assistants.list();
  if (stored === "too_many") return stored;
  const system = systemAssistants(engine);
  const systemIds = new Set(system.map(({ assistant_id }) => assistant_id));
  const changed = new Set(stored.map(({ assistant_id }) => assistant_id));
  const all: Listed[] = [
    ...system.filter(({ assistant_id }) => !changed.has(assistant_id)),
    ...stored.filter(({ assistant_id, system: isSystem }) => !isSystem || systemIds.has(assistant_id)),
  ];
  const { graph_id, metadata = {} } = filter;
  const name = filter.name?.toLowerCase();
  const candidates = all.filter(
    (one) =>
      (graph_id === undefined || one.graph_id === graph_id) &&
      (name === undefined || one.name.toLowerCase().includes(name)) &&
      (one.metadata === undefined || contains(one.metadata, metadata)),
  );
  const unsure = Object.keys(metadata).length > 0 ? candidates.filter((one) => one.metadata === undefined) : [];
  if (unsure.length === 0) return candidates;
  const rows = await assistants.read(unsure.map(({ assistant_id }) => assistant_id));
  const right = new Set(rows.filter((row) => contains(row.metadata, metadata)).map(({ assistant_id }) => assistant_id));
  return candidates.filter((one) => one.metadata !== undefined || right.has(one.assistant_id));
}

/** One that was deleted meanwhile is left out. */
export async function readListed(
  { assistants }: Pick<SearchPorts, "assistants">,
  page: readonly Listed[],
): Promise<Assistant[]> {
  const isWhole = (one: Listed): one is Assistant => "config" in one;
  const wanted = page.filter((one) => !isWhole(one)).map(({ assistant_id }) => assistant_id);
  const rows = wanted.length > 0 ? await assistants.read(wanted) : [];
  const byId = new Map<string, AssistantRow>(rows.map((row) => [row.assistant_id, row]));
  return page.flatMap((one) => {
    if (isWhole(one)) return [one];
    const row = byId.get(one.assistant_id);
    return row ? [resourceOf(row)] : [];
  });
}
