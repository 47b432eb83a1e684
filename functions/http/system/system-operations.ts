/** Operations of the API document: the server itself. */
import { z } from "zod";
import { answersJson, Flag, type Operations } from "../openapi/operation.ts";

const page = { 200: { description: "A page", content: { "text/html": z.string() } } };
const Alive = z.object({ ok: z.literal(true) });

const Metrics = z.object({
  scope: z.string(),
  version: z.string(),
  since: z.iso.datetime().nullable(),
  resident_memory: z.int(),
  cpu: z.number(),
  measured: z.array(
    z.object({
      metric: z.string(),
      status: z.string().optional(),
      unit: z.enum(["Count", "Milliseconds"]),
      count: z.int(),
      sum: z.number(),
    }),
  ),
  queue: z.object({ n_pending: z.int(), n_running: z.int() }).optional(),
});

export const systemOperations: Operations = {
  "GET /": {
    summary: "What is here: a page for browsers",
    answers: { 200: { description: "Alive", content: { "application/json": Alive, "text/html": z.string() } } },
  },
  "GET /ok": {
    summary: "Liveness, also of the table",
    query: z.object({ check_db: Flag }),
    answers: answersJson(Alive),
  },
  "GET /info": {
    summary: "Version and what this server can do",
    answers: answersJson(
      z.object({
        version: z.string(),
        langgraph_js_version: z.string().optional(),
        context: z.literal("js"),
        host: z.object({ kind: z.literal("self-hosted") }),
        flags: z.record(z.string(), z.boolean()),
        metadata: z.object({}),
      }),
    ),
  },
  "GET /metrics": {
    summary: "What this process has measured since it started; with in_flight also how many runs wait and run, of all",
    query: z.object({ format: z.enum(["prometheus", "json"]).optional(), in_flight: Flag }),
    answers: {
      200: {
        description: "Metrics",
        content: { "text/plain": z.string(), "application/json": Metrics },
      },
    },
  },
  "GET /docs": { summary: "This reference, to read and try", answers: page },
  "GET /openapi.json": { summary: "This reference as OpenAPI 3.1", answers: answersJson(z.object({})) },
};
