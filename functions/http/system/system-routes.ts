/** The server itself: liveness, version, figures, and the API document with its page. */
import { z } from "zod";
import type { Ports } from "../../core/ports.ts";
import { countInFlight } from "../../core/run/count-in-flight.ts";
import { check } from "../request/read-body.ts";
import { queryOf, readBoolean } from "../request/read-query.ts";
import { json, whole } from "../server/respond.ts";
import { isSwitchedOff } from "../server/switched-off.ts";
import type { Routes } from "../server/routes.ts";
import { inFlightText, prometheusText, readProcess } from "./process-metrics.ts";

/** No thread has this id. Reading it shows that the table answers. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

const MetricsQuery = z.object({ format: z.enum(["prometheus", "json"]).default("prometheus") });

export interface SystemSettings {
  version: string;
  /** Whether everybody may know the names of the graphs: without keys and users they can call them, too. */
  open: () => boolean;
  /** Whether there is the page `/watch`. */
  page: boolean;
}

export const systemRoutes = (
  ports: Pick<Ports, "threads" | "runs" | "engine" | "tally">,
  { version, open, page }: SystemSettings,
): Routes => {
  const graphs = () => (open() ? ports.engine.graphs() : undefined);
  // Documents and pages are loaded when somebody asks: a cold start must not wait for them.
  const document = async () => {
    const { buildDocument } = await import("../openapi/document.ts");
    const isOff = (path: string): boolean => isSwitchedOff(ports.engine.http(), path);
    return buildDocument(version, graphs()?.[0]?.graph_id ?? "agent", isOff);
  };
  return {
    "GET /": async (asked) => {
      const isPage = asked.req.header("accept")?.includes("text/html");
      if (!isPage) return json({ ok: true }, 200, { vary: "accept" });
      const [{ welcomePage }, { pageResponse }] = await Promise.all([
        import("./welcome-page.ts"),
        import("../openapi/page.ts"),
      ]);
      return pageResponse(welcomePage(version, { graphs: graphs(), page }), { vary: "accept" });
    },
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
          langsmith_tracing_session_on_runs: false,
          stream_namespaces: true,
          strict_resume: true,
        },
        metadata: {},
      });
    },
    "GET /metrics": async (asked) => {
      const { format } = check(MetricsQuery, { format: queryOf(asked).get("format") ?? undefined });
      // Not unless asked for: it reads each active run, and monitors ask every few seconds.
      const inFlight = readBoolean(queryOf(asked), "in_flight") ? await countInFlight(ports) : undefined;
      const known = readProcess(version, ports.tally);
      if (format === "prometheus")
        return whole(
          prometheusText(known) + (inFlight ? inFlightText(inFlight) : ""),
          "text/plain; version=0.0.4; charset=utf-8",
        );
      const queue = inFlight && { n_pending: inFlight.pending, n_running: inFlight.running };
      return json({ ...known, ...(queue && { queue }) });
    },
    "GET /openapi.json": async () => json(await document()),
    "GET /docs": async () => {
      const [{ docsPage }, { pageResponse }] = await Promise.all([
        import("../openapi/docs-page.ts"),
        import("../openapi/page.ts"),
      ]);
      return pageResponse(docsPage(await document()));
    },
  };
};
