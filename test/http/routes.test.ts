import { createHash } from "node:crypto";
import { createApp } from "../../functions/http/server/app.ts";
import { bySpecificity } from "../../functions/http/server/routes.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, detailOf, jsonOf, threeSteps } from "./app-under-test.ts";

let table: TestTable;
let app: AppUnderTest;
beforeAll(async () => {
  table = await startTable();
  app = appUnderTest(table, threeSteps);
});
afterAll(() => table.stop());

const hash = (key: string) => createHash("sha256").update(key).digest("hex");
const guarded = () => appUnderTest(table, threeSteps, { auth: { kind: "key", sha256: [hash("one"), hash("two")] } });
const open = () =>
  appUnderTest(table, threeSteps, { cors: { origins: undefined }, auth: { kind: "key", sha256: [hash("one")] } });
const UUID = "0190a1f4-3c5e-7000-8000-000000000001";

test("a literal segment wins over a parameter, whatever the order", () => {
  const paths = [
    "/threads/:t",
    "/threads/search",
    "/threads/:t/runs/:r",
    "/threads/:t/runs/crons",
    "/threads",
    "/runs/crons/:c",
  ];

  const ordered = paths.toSorted(bySpecificity);

  expect(ordered.indexOf("/threads/search")).toBeLessThan(ordered.indexOf("/threads/:t"));
  expect(ordered.indexOf("/threads/:t/runs/crons")).toBeLessThan(ordered.indexOf("/threads/:t/runs/:r"));
});

describe("what nobody serves", () => {
  test.each(["GET /nothing", "POST /threads/a/b/c/d", "GET /threads/"])("%s", async (route) => {
    const response = await app.ask(route, route.startsWith("POST") ? {} : undefined);

    expect(await detailOf(response)).toEqual([404, "Not Found"]);
  });

  test.each([
    ["DELETE /ok", "GET, HEAD"],
    ["POST /", "GET, HEAD"],
    ["GET /threads/search", "POST"],
    ["GET /runs/stream", "POST"],
    ["GET /runs", "POST"],
    [`PATCH /threads/${UUID}/state`, "GET, HEAD, POST"],
    [`PUT /threads/${UUID}`, "DELETE, GET, HEAD, PATCH"],
    ["OPTIONS /threads", "POST"],
  ])("%s, but %s", async (route, allow) => {
    const response = await app.ask(route);

    expect(response.headers.get("allow")).toBe(allow);
    expect(await detailOf(response)).toEqual([405, "Method Not Allowed"]);
  });
});

describe("ids that are no UUIDs", () => {
  test.each([
    ["GET /threads/%", "Invalid thread ID: must be a UUID"],
    ["GET /threads/mine", "Invalid thread ID: must be a UUID"],
    ["GET /threads/mine/state", "Invalid thread ID: must be a UUID"],
    ["POST /threads/mine/runs/stream", "Invalid thread ID: must be a UUID"],
    [`GET /threads/${UUID}/runs/mine`, "Invalid run ID: must be a UUID"],
    [`GET /threads/${UUID}/runs/mine/stream`, "Invalid run ID: must be a UUID"],
    ["GET /runs/mine/stream", "Invalid run ID: must be a UUID"],
  ])("%s", async (route, detail) => {
    const response = await app.ask(route, route.startsWith("POST") ? { assistant_id: "scripted" } : undefined);

    expect(await detailOf(response)).toEqual([422, detail]);
  });
});

describe("system", () => {
  test("is alive, also by its table", async () => {
    expect(await (await app.ask("GET /ok")).json()).toEqual({ ok: true });
    expect(await (await app.ask("GET /ok?check_db=1")).json()).toEqual({ ok: true });
  });

  test("says its version and what it can do", async () => {
    expect(await (await app.ask("GET /info")).json()).toMatchObject({
      version: "1.2.3",
      langgraph_js_version: "1.7.3",
      context: "js",
      host: { kind: "self-hosted" },
      flags: { assistants: true, crons: true },
    });
  });

  test("answers 500 as JSON, without the cause, and goes on", async () => {
    const broken = createApp({
      ports: { ...app.ports, threads: { ...app.ports.threads, get: () => Promise.reject(new Error("secret")) } },
      settings: { auth: { kind: "none" }, cors: undefined, version: "1" },
    });

    const response = await broken.fetch(new Request("http://localhost/ok?check_db=1"));

    expect(await detailOf(response)).toEqual([500, "Internal server error"]);
    expect((await broken.fetch(new Request("http://localhost/ok"))).status).toBe(200);
  });
});

describe("assistants", () => {
  const id = "8f3d8a55-3f8e-5a2c-9d6a-000000000000";

  test("are found by graph id and by the uuid that goes with it", async () => {
    const byName = await jsonOf(await app.ask("GET /assistants/scripted"));
    const byId = await (await app.ask(`GET /assistants/${byName.assistant_id.toUpperCase()}`)).json();

    expect(byName).toMatchObject({ graph_id: "scripted", version: 1, metadata: { created_by: "system" } });
    expect(byId).toEqual(byName);
  });

  test.each(["nope", id])("%s is not found", async (name) => {
    expect(await detailOf(await app.ask(`GET /assistants/${name}`))).toEqual([404, "Assistant not found"]);
  });

  test("are searched with totals, and only with the fields asked for", async () => {
    const all = await app.ask("POST /assistants/search", { metadata: {}, select: ["graph_id", "version"] });
    const none = await app.ask("POST /assistants/search", { name: "other" });
    const beyond = await app.ask("POST /assistants/search", { offset: 5 });

    expect(await all.json()).toEqual([{ graph_id: "scripted", version: 1 }]);
    expect([all.headers.get("x-pagination-total"), all.headers.get("x-pagination-next")]).toEqual(["1", null]);
    expect(await none.json()).toEqual([]);
    expect([await beyond.json(), beyond.headers.get("x-pagination-total")]).toEqual([[], "1"]);
  });

  test("are counted", async () => {
    expect(await (await app.ask("POST /assistants/count", { graph_id: "scripted" })).json()).toBe(1);
    expect(await (await app.ask("POST /assistants/count", { graph_id: "x" })).json()).toBe(0);
  });
});

describe("a key", () => {
  test.each([
    ["GET /ok", 200],
    ["GET /info", 200],
    ["GET /", 200],
    ["GET /docs", 200],
    ["GET /docs/", 308],
    ["GET /openapi.json", 200],
    ["GET /metrics", 401],
    ["GET /assistants/scripted", 401],
    ["GET /nothing", 401],
    ["GET /%6fk", 401],
  ])("%s without one: %i", async (route, status) => {
    expect((await guarded().ask(route)).status).toBe(status);
  });

  test.each([
    [{ "x-api-key": "one" }, 200],
    [{ "x-api-key": "two" }, 200],
    [{ "x-api-key": "three" }, 401],
    [{ "x-api-key": hash("one") }, 401],
    [{ authorization: "Bearer one" }, 401],
    [{ "x-auth-scheme": "langsmith" }, 401],
  ])("%j: %i", async (headers, status) => {
    expect((await guarded().ask("GET /assistants/scripted", undefined, headers)).status).toBe(status);
  });

  test("is asked for before anything is read", async () => {
    const response = await guarded().ask("POST /threads", "{ not JSON");

    expect(await detailOf(response)).toEqual([401, expect.stringContaining("x-api-key")]);
  });

  test.each([[[]], [["abc"]]])("a server with the keys %j does not start", (sha256) => {
    expect(() => appUnderTest(table, threeSteps, { auth: { kind: "key", sha256 } })).toThrow("API keys are required");
  });
});

describe("browsers of other origins", () => {
  const origin = { origin: "https://smith.langchain.com" };

  test.each([
    ["GET /ok", 200],
    ["GET /threads", 401],
  ])("see the headers that they reconnect by: %s", async (route, status) => {
    const response = await open().ask(route, undefined, origin);

    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-expose-headers")).toBe(
      "location, content-location, x-pagination-total, x-pagination-next, last-event-id, mcp-session-id",
    );
  });

  test("are answered by the host alone where it answers", async () => {
    const response = await app.ask("GET /ok", undefined, origin);

    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});
