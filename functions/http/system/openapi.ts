/** /openapi.json: the served routes in OpenAPI 3.1, with the schemas that bodies are read by. Made once, when it is asked for. */
import { z } from "zod";
import { type Operation, OPERATIONS } from "./operations.ts";

/** @param served `"GET /threads/:thread_id"` … */
export function openApi(served: readonly string[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of served) {
    const operation = OPERATIONS[route] ?? { summary: route };
    const [method = "", path = ""] = route.split(" ");
    const name = path.replaceAll(/:(\w+)/g, "{$1}");
    paths[name] = { ...paths[name], [method.toLowerCase()]: described(path, operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Threadline",
      version,
      description:
        "The LangGraph Agent Server API. Unknown fields are ignored, and null for an optional one means that it is absent.",
    },
    components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "x-api-key" } } },
    security: [{ key: [] }],
    paths,
  };
}

function described(path: string, { summary, body, query = {}, answer }: Operation): object {
  const [, subject = ""] = path.split("/");
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema: schemaOf(schema) })),
  ];
  return {
    tags: [path.includes("/runs") ? (path.includes("/crons") ? "crons" : "runs") : subject || "system"],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: { "application/json": { schema: schemaOf(body) } } } }),
    responses: { [answer === "nothing" ? "204" : "200"]: contentOf(answer), default: FAILED },
  };
}

function contentOf(answer: Operation["answer"]): object {
  if (answer === "nothing") return { description: "Done" };
  const type = answer === "events" ? "text/event-stream" : answer === "page" ? "text/html" : "application/json";
  return { description: "Done", content: { [type]: {} } };
}

const FAILED = {
  description: "What is wrong",
  content: {
    "application/json": {
      schema: { type: "object", properties: { detail: { type: "string" } }, required: ["detail"] },
    },
  },
};

/** What a caller may send. What JSON Schema cannot say is left open. */
function schemaOf(schema: z.ZodType): object {
  const { $schema: _dialect, ...said } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return said;
}
