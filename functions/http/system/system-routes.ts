/** Liveness, version and what is here, without a key; and how many runs are in flight, with one. */
import type { Ports } from "../../core/ports.ts";
import { countInFlight } from "../../core/run/count-in-flight.ts";
import { queryOf, readBoolean } from "../request/read-query.ts";
import { HttpError } from "../server/http-error.ts";
import { json } from "../server/respond.ts";
import type { Routes } from "../server/routes.ts";
import { openApi } from "./openapi.ts";
import { docsPage, homePage } from "./pages.ts";

/** No thread has this id. Reading it shows that the table answers. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface About {
  /** Of this server. */
  version: string;
  /** All routes, once the server answers. */
  served: () => readonly string[];
}

export const systemRoutes = (ports: Pick<Ports, "threads" | "runs" | "engine">, { version, served }: About): Routes => {
  let document: object | undefined;
  return {
    // For people a page, for others the sign of life that the official server gives there.
    "GET /": (asked) => (asked.req.header("accept")?.includes("text/html") ? homePage(version) : json({ ok: true })),
    "GET /ok": async (asked) => {
      if (readBoolean(queryOf(asked), "check_db")) await ports.threads.get(NOBODY);
      return json({ ok: true });
    },
    "GET /info": () => {
      const langgraph_js_version = ports.engine.langgraphVersion();
      return json({
        version,
        ...(langgraph_js_version !== undefined && { langgraph_js_version }),
        context: "js",
        host: { kind: "self-hosted" },
        flags: {
          assistants: true,
          crons: true,
          langsmith: false,
          langsmith_tracing_replicas: false,
          stream_namespaces: true,
          strict_resume: true,
        },
        metadata: {},
      });
    },
    "GET /docs": () => docsPage(),
    "GET /openapi.json": () => json((document ??= openApi(served(), version))),
    "GET /metrics": async (asked) => {
      const format = queryOf(asked).get("format") ?? "prometheus";
      if (format !== "prometheus" && format !== "json") throw new HttpError(422, "format: must be prometheus or json");
      const { pending, running } = await countInFlight(ports);
      if (format === "json") return json({ queue: { n_pending: pending, n_running: running } });
      return new Response(exposition({ lg_api_num_pending_runs: pending, lg_api_num_running_runs: running }), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
    },
  };
};

/** Gauges under the official server's names, as Prometheus reads them. */
const exposition = (gauges: Record<string, number>): string =>
  Object.entries(gauges)
    .map(([name, value]) => `# TYPE ${name} gauge\n${name} ${value}\n`)
    .join("");
