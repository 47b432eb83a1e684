/** A page of a search, as the Agent Server API tells it: its rows as JSON, with all matches and the next offset in headers. */
import { json } from "./respond.ts";

interface Page {
  rows: readonly object[];
  /** All matches that are known, beyond the page too. */
  total: number;
  /** Offset of the page after this one, if there is one. */
  next: number | undefined;
}

export const pageResponse = ({ rows, total, next }: Page): Response =>
  json(rows, 200, {
    "x-pagination-total": String(total),
    ...(next !== undefined && { "x-pagination-next": String(next) }),
  });

interface Selection<Row> {
  limit: number;
  offset: number;
  select?: readonly (keyof Row)[] | null | undefined;
}

/** For a search that counts all its matches. @param found the rows at `offset` @param select the fields to show, all if none */
export function countedPage<Row extends object>(
  { page, total }: { page: readonly Row[]; total: number },
  { limit, offset, select }: Selection<Row>,
): Response {
  const next = offset + limit;
  const rows = select ? page.map((one) => Object.fromEntries(select.map((field) => [field, one[field]]))) : page;
  return pageResponse({ rows, total, next: next < total ? next : undefined });
}
