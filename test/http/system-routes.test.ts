/** The document of the API, the pages and the metrics: they tell what the server really has. */
import { createHash } from "node:crypto";
import { laterRoutes } from "../../functions/http/system/later-routes.ts";
import { OPERATIONS } from "../../functions/http/system/operations.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, threeSteps } from "./app-under-test.ts";

let table: TestTable;
let app: AppUnderTest;
beforeAll(async () => {
  table = await startTable();
  app = appUnderTest(table, threeSteps);
});
afterAll(() => table.stop());

const UUID = "0190a1f4-3c5e-7000-8000-000000000001";
const filled = (route: string) => route.replaceAll(/:\w+/g, UUID);
const sha256 = [createHash("sha256").update("a key").digest("hex")];
const guarded = () => appUnderTest(table, threeSteps, { auth: { kind: "key", sha256 } });

describe("what says what is here", () => {
  interface Document {
    openapi: string;
    paths: Record<
      string,
      Record<string, { summary: string; requestBody?: { content: Record<string, { schema: unknown }> } }>
    >;
  }
  const documentOf = async () => (await (await app.ask("GET /openapi.json")).json()) as Document;

  test("/openapi.json has every route that is served, and no other", async () => {
    const { paths, openapi } = await documentOf();

    const told = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(openapi).toBe("3.1.0");
    const later = new Set(Object.keys(laterRoutes));
    for (const route of told) expect(later).not.toContain(route.replaceAll(/\{(\w+)\}/g, ":$1"));
    const served = await Promise.all(
      Object.keys(OPERATIONS).map(async (route) => {
        const answer = await app.ask(filled(route), route.startsWith("GET") ? undefined : "{");
        return /not supported yet|"Not Found"/.test(await answer.text()) ? [] : [route];
      }),
    );
    expect(told.toSorted()).toEqual(
      served
        .flat()
        .map((route) => route.replaceAll(/:(\w+)/g, "{$1}"))
        .toSorted(),
    );
  });

  test("/openapi.json has the schemas that bodies are read by", async () => {
    const { paths } = await documentOf();

    const run = paths["/threads/{thread_id}/runs/stream"]?.["post"]?.requestBody?.content["application/json"]?.schema;
    expect(run).toMatchObject({
      type: "object",
      required: ["assistant_id"],
      properties: { assistant_id: { type: "string" }, on_disconnect: expect.anything() },
    });
    for (const [path, methods] of Object.entries(paths))
      for (const { requestBody } of Object.values(methods))
        expect([path, JSON.stringify(requestBody ?? {})]).not.toEqual([path, expect.stringContaining('"schema":{}')]);
  });

  test.each([
    ["GET /", { accept: "text/html,*/*" }],
    ["GET /docs", {}],
  ])("%s is a page that asks no other origin", async (route, headers: Record<string, string>) => {
    const response = await guarded().ask(route, undefined, headers);

    const html = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; connect-src 'self'; script-src 'sha256-/,
    );
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/https?:|\/\//);
  });

  test("/ is a sign of life for what is no browser", async () => {
    expect(await (await app.ask("GET /")).json()).toEqual({ ok: true });
  });

  test("/metrics counts what waits and runs, behind the key", async () => {
    const own = appUnderTest(await table.another(), threeSteps);
    const thread_id = await own.thread();
    const ask = (query: string) => own.ask(`GET /metrics${query}`);
    for (let n = 0; n < 3; n++) await own.ask(`POST /threads/${thread_id}/runs`, { assistant_id: "scripted" });
    await own.ask("POST /runs", { assistant_id: "scripted", after_seconds: 60 });

    expect(await (await ask("?format=json")).json()).toEqual({ queue: { n_pending: 4, n_running: 0 } });
    expect(await (await ask("")).text()).toContain("\nlg_api_num_pending_runs 4\n");
    expect((await ask("?format=x")).status).toBe(422);
    expect((await guarded().ask("GET /metrics")).status).toBe(401);
  });
});
