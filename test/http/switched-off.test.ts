/** What `http` of langgraph.json takes away, and the prefix that it puts before the rest. */
import type { HttpConfig, HttpSwitch } from "../../functions/protocol/manifest.ts";
import { HTTP_SWITCHES } from "../../functions/protocol/manifest.ts";
import { mounted } from "../../functions/http/server/mount-prefix.ts";
import { json } from "../../functions/http/server/respond.ts";
import { servedTables } from "../../functions/http/server/app.ts";
import { isSwitchedOff } from "../../functions/http/server/switched-off.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, detailOf, jsonOf, runBody, threeSteps } from "./app-under-test.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

function appWith(config: HttpConfig): AppUnderTest {
  const app = appUnderTest(table, threeSteps);
  app.ports.engine.http = () => config;
  return app;
}
const UUID = "0190a1f4-3c5e-7000-8000-000000000001";
/** Routes of the app by the first segment, and the next one after an id. */
const pathsOff = (name: HttpSwitch): string[] => {
  const { ports } = appUnderTest(table, threeSteps);
  const tables = servedTables({ ports, settings: { auth: { kind: "none" }, cors: undefined, version: "1" } });
  const paths = tables.flatMap((routes) => Object.keys(routes).map((route) => route.split(" ")[1] ?? ""));
  const off = paths.filter((path) => isSwitchedOff({ [name]: true }, path));
  return [...new Set(off.map((path) => path.replace(/^(\/[^/]*)(?:(\/:thread_id)?(\/(?:runs|commands)))?.*/, "$1$3")))];
};

test.each<[HttpSwitch, string[]]>([
  ["disable_assistants", ["/assistants"]],
  ["disable_threads", ["/threads"]],
  ["disable_runs", ["/runs", "/threads/runs", "/threads/commands"]],
  ["disable_store", ["/store"]],
  ["disable_meta", ["/", "/ok", "/info", "/metrics", "/openapi.json", "/docs"]],
])("%s takes these away, and nothing else", (name, paths) => {
  expect(pathsOff(name).toSorted()).toEqual(paths.toSorted());
});

test.each<[HttpSwitch, string, string]>([
  ["disable_assistants", "POST /assistants/search", "POST /threads/search"],
  ["disable_threads", `GET /threads/${UUID}`, `GET /threads/${UUID}/runs`],
  ["disable_runs", "POST /runs/wait", `GET /threads/${UUID}`],
  ["disable_runs", "POST /runs/crons/search", "POST /threads/search"],
  ["disable_store", "POST /store/items/search", "POST /threads/search"],
  ["disable_meta", "GET /ok", "POST /threads/search"],
  ["disable_ui", "POST /ui/agent", "GET /ok"],
  ["disable_mcp", "POST /mcp", "GET /ok"],
  ["disable_a2a", "GET /.well-known/agent-card.json", "POST /mcp"],
])("with %s %s is 404, %s is answered as ever; another method is no 405", async (name, off, on) => {
  const [app, whole] = [appWith({ [name]: true }), appWith({})];
  const body = (route: string) => (route.startsWith("GET") ? undefined : {});
  const statusOf = async (from: AppUnderTest, route: string) => (await from.ask(route, body(route))).status;

  expect(await detailOf(await app.ask(off, body(off)))).toEqual([404, "Not Found"]);
  expect(await detailOf(await app.ask(`PUT ${off.split(" ")[1]}`, {}))).toEqual([404, "Not Found"]);
  expect(await statusOf(app, on)).toBe(await statusOf(whole, on));
});

test("the API document leaves out what is taken away", async () => {
  const paths = async (config: HttpConfig) =>
    Object.keys(((await (await appWith(config).ask("GET /openapi.json")).json()) as { paths: object }).paths);

  const [whole, less] = [await paths({}), await paths({ disable_store: true, disable_runs: true })];

  expect(whole.filter((path) => !less.includes(path)).every((path) => /runs|commands|store/.test(path))).toBe(true);
  expect(less.some((path) => /runs|commands|store/.test(path))).toBe(false);
});

test("with disable_webhooks a run and a cron that name one are refused, and nothing is made; others are", async () => {
  const app = appWith({ disable_webhooks: true });
  const { thread_id } = await jsonOf(await app.ask("POST /threads", {}));
  const webhook = "https://example.com/hook";
  const cron = { ...runBody({ webhook }), schedule: "0 0 1 1 *" };

  const refused = [
    await app.ask(`POST /threads/${thread_id}/runs`, runBody({ webhook })),
    await app.ask("POST /runs/batch", [runBody(), runBody({ webhook })]),
    await app.ask("POST /runs/crons", cron),
  ];

  for (const response of refused)
    expect(await detailOf(response)).toEqual([
      422,
      expect.stringMatching(/switched them off \(http\.disable_webhooks\)/),
    ]);
  expect(await app.ports.runs.list(thread_id)).toEqual([]);
  expect((await app.ask(`POST /threads/${thread_id}/runs`, runBody())).status).toBe(200);
});

test("every switch that is read is one that something looks at", () => {
  const paths = ["/assistants", "/threads", "/runs", "/store/items", "/ok", "/ui/x", "/mcp", "/a2a/x"];

  const idle = HTTP_SWITCHES.filter(
    (name) =>
      // Looked at where one is named.
      name !== "disable_webhooks" && !paths.some((path) => isSwitchedOff({ [name]: true }, path)),
  );

  expect(idle).toEqual([]);
});

describe("a prefix", () => {
  const app = mounted(
    { fetch: async (request) => json({ asked: `${request.method} ${request.url}` }) },
    () => "/agents",
  );
  const ask = async (path: string, init?: RequestInit) => app.fetch(new Request(`http://localhost${path}`, init));

  test.each([
    ["/agents/threads/search?a=1", "/threads/search?a=1"],
    ["/agents/", "/"],
    ["/agents", "/"],
    ["/", "/"],
    ["/ok?check_db=1", "/ok?check_db=1"],
  ])("%s is %s of the app", async (path, inner) => {
    expect(await (await ask(path, { method: "POST", body: "{}" })).json()).toEqual({
      asked: `POST http://localhost${inner}`,
    });
  });

  test.each(["/threads", "/agentsx/threads", "/x/agents/threads"])("%s is nothing", async (path) => {
    expect(await detailOf(await ask(path))).toEqual([404, "Not Found: this server is below /agents"]);
  });

  test("is in the address that an agent's card names", async () => {
    const card = await appWith({ mount_prefix: "/agents" }).ask("GET /a2a/scripted/.well-known/agent-card.json");

    expect(await card.text()).toMatch(/"url":"http:\/\/localhost\/agents\/a2a\//);
  });

  test("is not in Location, which clients add to a base URL that has it; without one all is as it was", async () => {
    const whole = appUnderTest(table, threeSteps);
    const asked = {
      fetch: async (request: Request) =>
        whole.ask(`${request.method} ${new URL(request.url).pathname}`, await request.text()),
    };
    const body = JSON.stringify(runBody());
    const streamOf = async (prefix: string | undefined, path: string) =>
      mounted(asked, () => prefix).fetch(new Request(`http://localhost${path}`, { method: "POST", body }));

    const answers = [await streamOf("/agents", "/agents/runs/stream"), await streamOf(undefined, "/runs/stream")];

    expect(answers.map(({ headers }) => headers.get("location")?.replace(/[0-9a-f-]{36}/g, "ID"))).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/^\/threads\/ID\/runs\/ID\/stream/)),
    );
    await Promise.all(answers.map(async ({ body: open }) => open?.cancel()));
  });
});
