/** Builds the OpenAPI document of all served routes from their zod schemas. Must not be imported before somebody asks for it. */
import { z } from "zod";
import type { JsonObject } from "../../protocol/json.ts";
import { a2aOperations } from "../a2a/a2a-operations.ts";
import { assistantOperations } from "../assistant/assistant-operations.ts";
import { cronOperations } from "../cron/cron-operations.ts";
import { mcpOperations } from "../mcp/mcp-operations.ts";
import { runOperations } from "../run/run-operations.ts";
import { isOpenPath } from "../server/auth.ts";
import { storeOperations } from "../store/store-operations.ts";
import { streamOperations } from "../stream/stream-operations.ts";
import { systemOperations } from "../system/system-operations.ts";
import { threadOperations } from "../thread/thread-operations.ts";
import { uiOperations } from "../ui/ui-operations.ts";
import type { Operation, Operations } from "./operation.ts";
import { ErrorBody, NAMED } from "./resources.ts";

/** By tag. */
export const OPERATIONS: Record<string, Operations> = {
  Assistants: assistantOperations,
  Threads: threadOperations,
  Runs: runOperations,
  Streams: streamOperations,
  Crons: cronOperations,
  Store: storeOperations,
  "Generative UI": uiOperations,
  Agents: { ...mcpOperations, ...a2aOperations },
  System: systemOperations,
};

/** A JSON Schema, of which named parts are references. */
export type Schema = JsonObject;

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: Schema;
}

type Content = Record<string, { schema: Schema; example?: unknown }>;

export interface DocumentedOperation {
  operationId: string;
  tags: [string];
  summary: string;
  security?: [];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

export interface OpenApiDocument {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string };
  security: [{ key: [] }];
  tags: { name: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}

/** @param graph_id of the examples @param isOff whether the route of a path is not served */
export function buildDocument(
  version: string,
  graph_id: string,
  isOff: (path: string) => boolean = () => false,
): OpenApiDocument {
  const schemas: Record<string, Schema> = {};
  const paths: OpenApiDocument["paths"] = {};
  const error = schemaOf(ErrorBody, "output", schemas);
  for (const [tag, operations] of Object.entries(OPERATIONS))
    for (const [route, operation] of Object.entries(operations)) {
      const [method = "", served = ""] = route.split(" ");
      if (isOff(served)) continue;
      const path = served.replaceAll(/:(\w+)/g, "{$1}");
      paths[path] = {
        ...paths[path],
        [method.toLowerCase()]: {
          operationId: `${method} ${path}`.toLowerCase().replaceAll(/\W+/g, "_").replace(/_$/, ""),
          tags: [tag],
          summary: operation.summary,
          ...(isOpenPath(path, method) && { security: [] }),
          parameters: [
            ...pathParameters(path),
            ...parametersOf(operation.query, "query", schemas),
            ...parametersOf(operation.headers, "header", schemas),
          ],
          ...bodyOf(operation, { schemas, graph_id }),
          responses: responsesOf(operation, { schemas, error }),
        },
      };
    }
  return {
    openapi: "3.1.0",
    info: {
      title: "Threadline",
      version,
      description:
        "The LangGraph Agent Server API. Unknown fields are ignored, and null for an optional field is absent.",
    },
    security: [{ key: [] }],
    tags: Object.keys(OPERATIONS).map((name) => ({ name })),
    paths,
    components: { schemas, securitySchemes: { key: { type: "apiKey", in: "header", name: "x-api-key" } } },
  };
}

/** Named parts are put into `schemas`. */
function schemaOf(schema: z.ZodType, io: "input" | "output", schemas: Record<string, Schema>): Schema {
  // One level down, so that a schema with a name becomes a reference itself.
  const whole = z.toJSONSchema(z.object({ it: schema }), {
    io,
    metadata: NAMED,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // zod says nothing of custom schemas: what ours say of themselves (`meta`) counts.
      Object.assign(jsonSchema, z.globalRegistry.get(zodSchema));
      simplify(jsonSchema);
    },
  });
  const text = JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs = {}, properties } = JSON.parse(text) as {
    $defs?: Record<string, Schema>;
    properties: { it: Schema };
  };
  for (const [name, { id: _, ...definition }] of Object.entries($defs)) schemas[name] = definition;
  return properties.it;
}

/** Leaves out what only makes it longer: patterns of formats, limits of numbers themselves, and that there are no other fields. */
function simplify(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.format) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  delete schema.propertyNames;
}

/** Ids of threads, runs and crons are UUIDs; assistants may be named by their graph. */
const pathParameters = (path: string): Parameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: /^(?:thread|run|cron)_id$/.test(name) ? { type: "string", format: "uuid" } : { type: "string" },
  }));

function parametersOf(
  object: z.ZodObject | undefined,
  place: "query" | "header",
  schemas: Record<string, Schema>,
): Parameter[] {
  return Object.entries(object?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: place,
    required: !z.safeParse(schema, undefined).success,
    schema: schemaOf(schema as z.ZodType, "input", schemas),
  }));
}

function bodyOf(
  { body, example }: Operation,
  { schemas, graph_id }: { schemas: Record<string, Schema>; graph_id: string },
): Pick<DocumentedOperation, "requestBody"> {
  if (!body) return {};
  const schema = schemaOf(body, "input", schemas);
  return {
    requestBody: {
      required: !body.safeParse({}).success,
      content: { "application/json": { schema, ...(example && { example: example(graph_id) }) } },
    },
  };
}

function responsesOf(
  { answers }: Operation,
  { schemas, error }: { schemas: Record<string, Schema>; error: Schema },
): DocumentedOperation["responses"] {
  const served = Object.entries(answers).map(([status, { description, content }]) => {
    const typed = Object.entries(content ?? {}).map(([type, schema]): [string, { schema: Schema }] => [
      type,
      { schema: schemaOf(schema, "output", schemas) },
    ]);
    return [status, { description, ...(content && { content: Object.fromEntries(typed) }) }] as const;
  });
  const refused = { description: "What is wrong, in words", content: { "application/json": { schema: error } } };
  return { ...Object.fromEntries(served), default: refused };
}
