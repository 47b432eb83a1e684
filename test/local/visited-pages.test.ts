/** E9, E2, E3: what pages may do to `npm start`, in process and as on Lambda; and what of their headers a graph sees. */
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { descendants } from "../support/descendants.ts";
import { hasIPv6, listenersOf } from "../support/listeners.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post } from "../support/sse.ts";

const config = fileURLToPath(new URL("../fixtures/headers/langgraph.json", import.meta.url));
const NAMED = "https://app.example.com";
const FLAGGED = "https://chat.example.com";
const EVIL = "https://evil.example.com";
const run = { assistant_id: "agent", input: {} };

describe.each([["in process"], ["--isolated"]])("%s", (how) => {
  let server: TestServer;
  beforeAll(async () => {
    const flags = ["--allow-origin", FLAGGED, "--allow-host", "Box.example.com"];
    server = await startServer({ config, isolated: how === "--isolated", flags });
  });
  afterAll(() => server.stop());

  /** With headers that `fetch` does not let one choose. */
  const askAs = (headers: Record<string, string>, path = "/threads", body = "{}", method = "POST") =>
    new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const options = { port: server.port, host: "127.0.0.1", path, method, headers };
      const asked = request(options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      asked.on("error", reject).end(method === "GET" ? undefined : body);
    });
  const JSON_TYPE = { "content-type": "application/json" };
  const toldOf = (what: string) =>
    server
      .output()
      .split("\n")
      .filter((line) => line.includes(what)).length;

  test.each([
    ["localhost", 200],
    ["localhost.", 200],
    ["127.0.0.1", 200],
    ["127.1.2.3:80", 200],
    ["[::1]", 200],
    ["app.localhost:1", 200],
    ["box.example.com:9999", 200],
    ["evil.example.com", 403],
    ["localhost.evil.example.com", 403],
    ["127.0.0.1.evil.example.com", 403],
    ["192.168.1.2", 403],
    ["0.0.0.0", 403],
    ["evil.example.com#localhost", 403],
  ])("E9: a request for the host %s is answered %i", async (host, status) => {
    expect((await askAs({ ...JSON_TYPE, host })).status).toBe(status);
    expect((await askAs({ host }, "/info", "", "GET")).status).toBe(status);
  });

  test.skipIf(!hasIPv6)("S14: localhost is this server, by IPv4 and by IPv6", async () => {
    for (const host of ["127.0.0.1", "[::1]", "localhost"])
      expect((await fetch(`http://${host}:${server.port}/ok`)).status, host).toBe(200);
  });

  test("E9: a name that was bound to this machine runs nothing, and the terminal says so once", async () => {
    const refused = await askAs({ ...JSON_TYPE, host: "rebound.example.com" }, "/runs/wait", JSON.stringify(run));
    await askAs({ host: "rebound.example.com" }, "/ok", "", "GET");

    expect(refused).toMatchObject({ status: 403, text: expect.stringContaining("--allow-host rebound.example.com") });
    expect(toldOf("rebound.example.com")).toBe(1);
  });

  test.each([
    [NAMED, 200],
    [FLAGGED, 200],
    ["http://localhost:3000", 200],
    ["http://127.0.0.1:5173", 200],
    [EVIL, 403],
    ["http://app.example.com", 403],
    ["http://localhost.evil.example.com", 403],
    ["null", 403],
  ])("E9: a page of %s is answered %i, before and when it asks", async (origin, status) => {
    const before = await askAs(
      {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-tenant-id,traceparent",
        "access-control-request-private-network": "true",
      },
      "/threads",
      "",
      "OPTIONS",
    );
    const made = await askAs({ ...JSON_TYPE, origin });

    expect([before.status, made.status]).toEqual([status === 200 ? 204 : 403, status]);
    for (const { headers } of [before, made])
      expect(headers["access-control-allow-origin"]).toBe(status === 200 ? origin : undefined);
    expect(before.headers["access-control-allow-private-network"]).toBe(status === 200 ? "true" : undefined);
    expect(before.headers["access-control-allow-headers"], "E2").toBe(
      status === 200 ? "x-tenant-id,traceparent" : undefined,
    );
    expect(made.headers["access-control-allow-credentials"], "E3").toBe(status === 200 ? "true" : undefined);
  });

  test("E9: the terminal says once how a refused page is let in", async () => {
    for (const path of ["/runs/wait", "/threads", "/runs/stream"])
      await askAs({ ...JSON_TYPE, origin: "https://smith.example.com" }, path, JSON.stringify(run));

    expect(toldOf("https://smith.example.com")).toBe(1);
    expect(server.output()).toContain("--allow-origin https://smith.example.com");
  });

  test.each(["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "E9: what a page may post without asking (%s) runs no graph, not even without its origin",
    async (type) => {
      const body = JSON.stringify(run);
      const before = await json(post(`${server.url}/threads`, {}));
      const path = `/threads/${String(before["thread_id"])}/runs`;

      const simple = await askAs({ "content-type": type, origin: EVIL }, path, body);
      const hidden = await askAs({ "content-type": type }, path, body);
      const untyped = await askAs({ origin: EVIL }, path, body);

      expect([simple.status, hidden.status, untyped.status]).toEqual([403, 415, 403]);
      expect(await (await fetch(`${server.url}${path}`)).json()).toEqual([]);
    },
  );

  test.each([
    ["http://192.168.1.1/x", 422],
    ["http://169.254.169.254/latest/meta-data", 422],
    ["http://[fd00::1]/x", 422],
    ["http://127.0.0.1:9/x", 200],
    ["http://localhost:9/x", 200],
    ["http://[::1]:9/x", 200],
  ])("E9: a webhook to %s is answered %i", async (webhook, status) => {
    expect((await post(`${server.url}/runs`, { ...run, webhook })).status).toBe(status);
  });

  test("E9: the server that graphs ask in their own process refuses pages, too", async () => {
    const statuses = await json(post(`${server.url}/runs/wait`, { assistant_id: "visits", input: {} }));

    expect(statuses).toEqual({ graph: 200, origin: 403, host: 403 });
  });

  test.skipIf(process.platform !== "linux")(
    "E9: what checks nobody is neither open to the network nor where a page finds it",
    async () => {
      await (await post(`${server.url}/runs/wait`, run)).text();

      const listeners = listenersOf([server.pid ?? 0, ...descendants(server.pid)]);

      // The front and the table at least.
      expect(listeners.length).toBeGreaterThan(1);
      expect(listeners.filter(({ address }) => !address.startsWith("127.") && address !== "::1")).toEqual([]);
      // On 127.0.0.1 are the front and, in each process of a worker, the server of its graphs.
      const places = ["127.0.0.1", "::1"];
      const findable = listeners.filter(({ address, port }) => places.includes(address) && port !== server.port);
      expect(findable.length === 0).toBe(how === "in process");
    },
  );

  test("E3: headers that the project wants are keys of configurable, over the caller's, and no context", async () => {
    const body = { ...run, config: { configurable: { "x-user": "body", mine: 1 } } };
    const headers = {
      "X-User": "ada",
      "x-api-key": "secret",
      "x-tenant-id": "secret",
      "x-forwarded-for": "10.0.0.1",
      authorization: "Bearer token",
    };

    const seen = await json(post(`${server.url}/runs/wait`, body, headers));
    const withContext = await json(post(`${server.url}/runs/wait`, { ...run, context: { model: "small" } }, headers));

    const passed = { "x-user": "ada", authorization: "Bearer token" };
    expect(seen).toEqual({ seen: { ...passed, mine: 1 }, context: { "x-user": "body", mine: 1 } });
    expect(withContext).toEqual({ seen: { ...passed, model: "small" }, context: { model: "small" } });
  });

  test("E3: a repeated request with the same Idempotency-Key is the same run, whatever its trace header", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };

    const first = await json(post(`${server.url}/runs`, run, { ...key, "x-trace": "1" }));
    const second = await json(post(`${server.url}/runs`, run, { ...key, "x-trace": "2" }));

    expect(second["run_id"]).toBe(first["run_id"]);
  });
});

test("E9: --allow-origin '*' opens it to every page, and the start says so", async () => {
  const server = await startServer({ config, flags: ["--allow-origin", "*"] });
  onTestFinished(() => server.stop());

  const response = await post(`${server.url}/threads`, {}, { origin: EVIL });

  expect(response.status).toBe(200);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  await expect.poll(() => server.output()).toContain("note: every page that is open in a browser");
});
