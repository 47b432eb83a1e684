/** Threads that match, and how many. Must not know rows or indexes. */
import type { Ports } from "../../core/ports.ts";
import { countThreads, searchThreads } from "../../core/thread/search-threads.ts";
import { ThreadCount, ThreadSearch } from "../../protocol/thread-search.ts";
import { readBody } from "../request/read-body.ts";
import { invalid } from "../server/outcomes.ts";
import { json } from "../server/respond.ts";
import type { Routes } from "../server/routes.ts";

export const threadSearchRoutes = (ports: Ports): Routes => ({
  "POST /threads/search": async (asked) => {
    const result = await searchThreads(ports, await readBody(asked.req.raw, ThreadSearch));
    if (result.kind === "invalid") throw invalid(result.detail);
    const { threads, total, next } = result.page;
    return json(threads, 200, {
      "x-pagination-total": String(total),
      ...(next !== undefined && { "x-pagination-next": String(next) }),
    });
  },
  "POST /threads/count": async (asked) => {
    const result = await countThreads(ports, await readBody(asked.req.raw, ThreadCount));
    if (result.kind === "invalid") throw invalid(result.detail);
    return json(result.count);
  },
});
