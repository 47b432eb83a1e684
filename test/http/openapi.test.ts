/** The API document and the pages: the same routes as are served, and nothing of another origin. */
import { createHash } from "node:crypto";
import { type DocumentedOperation, type OpenApiDocument, OPERATIONS } from "../../functions/http/openapi/document.ts";
import { schemaText } from "../../functions/http/openapi/schema-text.ts";
import { servedTables } from "../../functions/http/server/app.ts";
import type { Json } from "../../functions/protocol/json.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, detailOf, threeSteps } from "./app-under-test.ts";

let table: TestTable;
let app: AppUnderTest;
beforeAll(async () => {
  table = await startTable();
  app = appUnderTest(table, threeSteps);
});
afterAll(() => table.stop());

const guarded = () => appUnderTest(table, threeSteps, { auth: { kind: "key", sha256: ["0".repeat(64)] } });
const html = { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" };
const documentOf = async (): Promise<OpenApiDocument> =>
  (await (await app.ask("GET /openapi.json")).json()) as OpenApiDocument;
const operations = Object.values(OPERATIONS).flatMap((routes) => Object.entries(routes));

describe("the API document", () => {
  test("has the routes that are served, and no others", async () => {
    const settings = { auth: { kind: "none" as const }, cors: undefined, version: "1" };
    const served = servedTables({ ports: app.ports, settings }).flatMap((routes) => Object.keys(routes));

    const { paths } = await documentOf();

    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    expect(documented.toSorted()).toEqual(served.toSorted());
  });

  test("names each operation once, and refers to nothing that is not there", async () => {
    const document = await documentOf();
    const all = Object.values(document.paths).flatMap((methods): DocumentedOperation[] => Object.values(methods));

    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);

    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    expect(new Set(refs)).toEqual(
      new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)),
    );
  });

  test.each(operations.filter(([, { body }]) => body))("%s: what a person begins with is accepted", (_, operation) => {
    expect(operation.body?.safeParse(operation.example?.("chat") ?? {}).error).toBeUndefined();
  });

  test("says of every path which ids it needs, and which routes need no key", async () => {
    const { paths } = await documentOf();

    const { parameters = [], responses } = paths["/threads/{thread_id}/runs/{run_id}"]?.["get"] ?? {};
    const open = Object.entries(paths).filter(([, { get }]) => get?.security?.length === 0);

    expect(parameters.map(({ name, schema }) => [name, schema])).toEqual([
      ["thread_id", { type: "string", format: "uuid" }],
      ["run_id", { type: "string", format: "uuid" }],
    ]);
    expect(responses?.["200"]?.content?.["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Run" });
    expect(open.map(([path]) => path)).toEqual([
      "/ui/{assistant_id}/{file}",
      "/",
      "/ok",
      "/info",
      "/docs",
      "/openapi.json",
    ]);
  });
});

test.each<[string, Json]>([
  ["any", {}],
  ["uuid | null", { anyOf: [{ type: "string", format: "uuid" }, { type: "null" }] }],
  ['"a" | "b"', { enum: ["a", "b"] }],
  ["(string | null)[]", { type: "array", items: { type: ["string", "null"] } }],
  ["[string, any]", { type: "array", prefixItems: [{ type: "string" }, {}] }],
  ["Run[]", { type: "array", items: { $ref: "#/components/schemas/Run" } }],
  ["integer 1..9", { type: "integer", minimum: 1, maximum: 9 }],
  ["{ [key]: any }", { type: "object", additionalProperties: {} }],
  [
    "{\n  a: {\n    b?: true\n  }\n}",
    {
      type: "object",
      properties: { a: { type: "object", properties: { b: { const: true } } } },
      required: ["a"],
    },
  ],
])("a schema is read as %s", (text, schema) => {
  expect(schemaText(schema)).toBe(text);
});

describe("a page", () => {
  test.each(["GET /", "GET /docs"])(
    "%s loads nothing, and its policy names its own script and style",
    async (route) => {
      const response = await app.ask(route, undefined, html);
      const text = await response.text();

      const policy = response.headers.get("content-security-policy") ?? "";
      const inline = [...text.matchAll(/<(?:script type="module"|style)>([\s\S]*?)<\/(?:script|style)>/g)];
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(inline.length).toBe(route === "GET /docs" ? 2 : 1);
      for (const [, content = ""] of inline)
        expect(policy).toContain(`'sha256-${createHash("sha256").update(content).digest("base64")}'`);
      expect(policy).toMatch(/^default-src 'none'; .*connect-src 'self'/);
      expect(text).not.toMatch(/(?:src|href)="(?:[a-z]+:)?\/\//);
    },
  );

  test("the reference shows every route with a form", async () => {
    const text = await (await app.ask("GET /docs")).text();

    expect(text.match(/<form /g)).toHaveLength(operations.length);
    expect(text).toContain("<code>/threads/{thread_id}/runs/stream</code>");
    expect(text).toContain("&quot;assistant_id&quot;: &quot;scripted&quot;");
  });

  test("the root names the graphs where nobody needs a key", async () => {
    const [own, keyed] = await Promise.all(
      [app, guarded()].map(async (one) => (await one.ask("GET /", undefined, html)).text()),
    );

    expect(own).toContain("<code>scripted</code>");
    expect(keyed).not.toContain("scripted");
    expect([own?.includes('href="metrics"'), keyed?.includes('href="metrics"')]).toEqual([true, false]);
  });

  test("the root is JSON for programs", async () => {
    const response = await app.ask("GET /", undefined, { accept: "*/*" });

    expect([await response.json(), response.headers.get("vary")]).toEqual([{ ok: true }, "accept"]);
  });
});

describe("metrics", () => {
  test("are text for Prometheus", async () => {
    const response = await app.ask("GET /metrics");
    const text = await response.text();

    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^# Of this process alone.*CloudWatch/);
    expect(text).toContain('threadline_info{version="1.2.3"} 1\n');
    expect(text).toMatch(/\nprocess_resident_memory_bytes \d+\n/);
  });

  test("or JSON", async () => {
    expect(await (await app.ask("GET /metrics?format=json")).json()).toMatchObject({ version: "1.2.3", measured: [] });
    expect(await detailOf(await app.ask("GET /metrics?format=xml"))).toEqual([422, expect.stringMatching(/^format: /)]);
  });

  test("count what waits and runs in the whole table, if asked", async () => {
    const own = appUnderTest(await table.another(), threeSteps);
    const thread_id = await own.thread();
    for (let n = 0; n < 3; n++) await own.ask(`POST /threads/${thread_id}/runs`, { assistant_id: "scripted" });
    await own.ask("POST /runs", { assistant_id: "scripted", after_seconds: 60 });

    const [counted, text, silent] = await Promise.all(
      ["?format=json&in_flight=1", "?in_flight=true", ""].map(async (query) =>
        (await own.ask(`GET /metrics${query}`)).text(),
      ),
    );

    expect(JSON.parse(counted ?? "")).toMatchObject({ queue: { n_pending: 4, n_running: 0 } });
    expect(text).toContain("\nlg_api_num_pending_runs 4\n");
    expect(silent).not.toContain("lg_api");
  });
});
