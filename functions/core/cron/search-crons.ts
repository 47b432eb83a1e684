/** Reads, searches and counts crons. A search looks at every one, so totals are true. */
import type { Cron, CronFilter, CronSearch } from "../../protocol/cron.ts";
import { findAssistant } from "../assistant/find-assistant.ts";
import { contains } from "../json/contains.ts";
import type { Ports } from "../ports.ts";
import type { CronRow } from "./cron-port.ts";
import { cronResource, decodePayload } from "./cron-resource.ts";
import { LISTED_CRONS } from "./limits.ts";

type SearchPorts = Pick<Ports, "assistants" | "crons" | "engine">;

export async function readCron({ crons }: Pick<Ports, "crons">, cron_id: string): Promise<Cron | undefined> {
  const row = await crons.get(cron_id);
  return row && cronResource(row, decodePayload(await crons.payload(cron_id)));
}

export type SearchCronsResult<Found> = ({ kind: "found"; total: number } & Found) | { kind: "invalid"; detail: string };

export async function searchCrons(ports: SearchPorts, query: CronSearch): Promise<SearchCronsResult<{ page: Cron[] }>> {
  const matches = await matching(ports, query);
  if (matches === "too_many") return { kind: "invalid", detail: TOO_MANY };
  const { sort_by = "created_at", sort_order = "desc", offset, limit } = query;
  const sign = sort_order === "asc" ? 1 : -1;
  const key = (row: CronRow): string | number =>
    (sort_by === "next_run_date" ? row.next_run_at : row[sort_by]) ?? (sort_by === "next_run_date" ? 0 : "");
  const inOrder = matches.toSorted(
    (one, other) => sign * compare(key(one), key(other)) || compare(one.cron_id, other.cron_id),
  );
  const page = await Promise.all(
    inOrder
      .slice(offset, offset + limit)
      .map(async (row) => cronResource(row, decodePayload(await ports.crons.payload(row.cron_id)))),
  );
  return { kind: "found", page, total: matches.length };
}

export async function countCrons(ports: SearchPorts, filter: CronFilter): Promise<SearchCronsResult<object>> {
  const matches = await matching(ports, filter);
  return matches === "too_many" ? { kind: "invalid", detail: TOO_MANY } : { kind: "found", total: matches.length };
}

const TOO_MANY = `There are more than ${LISTED_CRONS} crons, which no search looks through. Get them by id.`;

const compare = <T extends string | number>(one: T, other: T): number => (one < other ? -1 : one > other ? 1 : 0);

async function matching(ports: SearchPorts, filter: CronFilter): Promise<CronRow[] | "too_many"> {
  const { assistant_id: named, thread_id, enabled, metadata = {} } = filter;
  const assistant_id = named === undefined ? undefined : ((await findAssistant(ports, named))?.assistant_id ?? named);
  const rows = await ports.crons.list();
  if (rows === "too_many") return rows;
  return rows.filter(
    (row) =>
      (assistant_id === undefined || row.assistant_id === assistant_id) &&
      (thread_id === undefined || row.thread_id === thread_id) &&
      (enabled === undefined || row.enabled === enabled) &&
      contains(row.metadata, metadata),
  );
}
