/** Liveness and version, without a key. */
import type { Ports } from "../../core/ports.ts";
import { queryOf, readBoolean } from "../request/read-query.ts";
import { json } from "../server/respond.ts";
import type { Routes } from "../server/routes.ts";

/** No thread has this id. Reading it shows that the table answers. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** @param version of this server */
export const systemRoutes = (ports: Pick<Ports, "threads">, version: string): Routes => ({
  "GET /ok": async (asked) => {
    if (readBoolean(queryOf(asked), "check_db")) await ports.threads.get(NOBODY);
    return json({ ok: true });
  },
  "GET /info": () =>
    json({
      version,
      context: "js",
      flags: {
        assistants: true,
        crons: true,
        langsmith: false,
        langsmith_tracing_replicas: false,
        stream_namespaces: true,
        strict_resume: true,
      },
      metadata: {},
    }),
});
