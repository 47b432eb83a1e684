/** Threads that match, and how many. Must not know rows or indexes. */
import { countThreads, searchThreads } from "../../core/thread/search-threads.ts";
import { ThreadCount, ThreadSearch } from "../../protocol/thread-search.ts";
import { type Gate, withMetadata } from "../access/gate.ts";
import { readBody } from "../request/read-body.ts";
import { invalid } from "../server/outcomes.ts";
import { pageResponse } from "../server/page-response.ts";
import { json } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

export const threadSearchRoutes = ({ enter }: Gate): Routes => {
  const enterSearch = async <Query extends ThreadCount>(asked: Asked, query: Query) => {
    const value = { limit: null, offset: 0, ...query, metadata: query.metadata ?? {} };
    const pass = await enter(asked, { resource: "threads", action: "search", value });
    return { ports: pass.ports, query: withMetadata(query, pass) };
  };

  return {
    "POST /threads/search": async (asked) => {
      const { ports, query } = await enterSearch(asked, await readBody(asked.req.raw, ThreadSearch));
      const result = await searchThreads(ports, query);
      if (result.kind === "invalid") throw invalid(result.detail);
      const { threads, total, next } = result.page;
      return pageResponse({ rows: threads, total, next });
    },
    "POST /threads/count": async (asked) => {
      const { ports, query } = await enterSearch(asked, await readBody(asked.req.raw, ThreadCount));
      const result = await countThreads(ports, query);
      if (result.kind === "invalid") throw invalid(result.detail);
      return json(result.count);
    },
  };
};
