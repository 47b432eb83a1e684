/** What holds for own routes in every language: the apps of test/fixtures/routes and test/fixtures/python-routes, over HTTP. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { PATIENCE } from "../support/patience.ts";
import { behindUrl, type TestServer, type TestServerOptions } from "../support/server.ts";

type Start = (config: string, options?: TestServerOptions) => Promise<TestServer>;

const SIZE = 5_000_000;
const textOf = async (response: Response): Promise<[number, string]> => [response.status, await response.text()];

/** @param start a server of `langgraph.json`, `open.json`, `owned.json` or `broken.json` */
export function ownRoutesHold(start: Start): void {
  describe("beside a server without keys", () => {
    let notes: string;
    let server: TestServer;
    const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
    beforeAll(async () => {
      notes = mkdtempSync(join(tmpdir(), "threadline-routes-"));
      server = await start("langgraph.json", { env: { TEST_NOTES: notes } });
    });
    afterAll(async () => {
      await server.stop();
      rmSync(notes, { recursive: true });
    });

    test("they answer, also where the server has a route of its own, and their middleware is around both", async () => {
      const hello = await ask("/hello/a%20b?q=%C3%A9");
      const shadow = await ask("/threads/mine");
      const created = await ask("/threads", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      const refused = await ask("/threads/search", { method: "POST", headers: { "x-refused": "1" }, body: "{}" });

      expect(await hello.json()).toEqual({ hello: "a b", q: "é" });
      expect(await textOf(shadow)).toEqual([200, "the project's own"]);
      expect([created.status, created.headers.get("x-stamped")]).toEqual([200, "yes"]);
      expect(await created.json()).toHaveProperty("thread_id");
      expect(await textOf(refused)).toEqual([418, "refused by the project"]);
    });

    test("a run streams through their middleware, and the SDK goes on as without", async () => {
      const client = new Client({ apiUrl: server.url });
      const { thread_id } = await client.threads.create();
      const events: string[] = [];
      for await (const { event } of client.runs.stream(thread_id, "agent", { input: {} })) events.push(event);

      expect(events).toEqual(["metadata", "values"]);
      expect(await client.runs.list(thread_id)).toEqual([expect.objectContaining({ status: "success" })]);
    });

    test("a body of 5 MB arrives; what they do not find is theirs or ours", async () => {
      const body = new Uint8Array(SIZE);
      const sized = await ask("/size", { method: "POST", body });
      const missing = await ask("/missing");
      const nowhere = await ask("/nowhere");

      expect(await sized.json()).toEqual({ size: SIZE });
      expect(await textOf(missing)).toEqual([404, expect.stringMatching(/no such thing/)]);
      expect(await textOf(nowhere)).toEqual([404, '{"detail":"Not Found"}']);
    });

    test("what one throws is a 500 that says nothing, and others are served", async () => {
      const failed = await ask("/fails");

      expect(await textOf(failed)).toEqual([500, expect.not.stringContaining("secret")]);
      expect((await ask("/hello/x")).status).toBe(200);
    });

    test("a page of another origin may read them, once", async () => {
      const response = await ask("/hello/x", { headers: { origin: "http://localhost:3000" } });

      expect(response.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    });

    test("a stream passes as it comes", async () => {
      const reader = (await ask("/words?gate=words")).body?.pipeThrough(new TextDecoderStream()).getReader();
      const first = await reader?.read();
      writeFileSync(join(notes, "words"), "");
      const second = await reader?.read();

      expect([first?.value, second?.value]).toEqual(["one ", "two"]);
    });

    test.skipIf(behindUrl)("a stream whose reader leaves is told (a Function URL does not report it)", async () => {
      const reader = (await ask("/words?gate=never")).body?.getReader();
      await reader?.read();

      await reader?.cancel();

      const left = join(notes, "left");
      await vi.waitFor(() => expect(existsSync(left) && readFileSync(left, "utf8")).toMatch(/never/), PATIENCE);
    });
  });

  describe("beside custom auth", () => {
    const as = (name: string): RequestInit => ({ method: "POST", headers: { authorization: `Bearer ${name}` } });
    const owner = { metadata: { of: "notes", owner: "ann" } };

    test("they are open, and the server's routes are not; what they call is asked who calls", async () => {
      await using server = disposable(await start("open.json"));
      const ask = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);

      expect((await ask("/hello/x")).status).toBe(200);
      expect((await ask("/threads/search", { method: "POST" })).status).toBe(401);
      expect(await (await ask("/notes", as("ann"))).json()).toEqual({ ...owner, user: null });
    });

    test("with enable_custom_route_auth they want to know who asks, know it, and call the server as the caller; below a prefix", async () => {
      await using server = disposable(await start("owned.json"));
      const ask = (path: string, init?: RequestInit) => fetch(`${server.url}/below${path}`, init);

      expect(await textOf(await ask("/hello/x"))).toEqual([401, '{"detail":"Who are you?"}']);
      expect((await ask("/hello/x", { headers: { authorization: "Bearer bob" } })).status).toBe(200);
      expect(await (await ask("/notes", as("ann"))).json()).toEqual({ ...owner, user: "ann" });
      expect((await ask("/threads/search", { method: "POST" })).status).toBe(401);
      expect((await fetch(`${server.url}/hello/x`)).status).toBe(404);
      expect((await fetch(`${server.url}/ok`)).status).toBe(200);
    });
  });

  test("one that does not load refuses everything, and the log says why", async () => {
    await using server = disposable(await start("broken.json"));

    for (const path of ["/hello/x", "/threads/0198c0de-0000-7000-8000-000000000000"])
      expect(await textOf(await fetch(`${server.url}${path}`))).toEqual([500, expect.stringContaining("http.app")]);
    expect((await fetch(`${server.url}/ok`)).status).toBe(200);
    expect(server.output()).toContain("broken on purpose");
  });
}

const disposable = (server: TestServer): TestServer & AsyncDisposable => ({
  ...server,
  [Symbol.asyncDispose]: () => server.stop(),
});
