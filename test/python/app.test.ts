/** A project's own routes in Python: bare ASGI and Starlette, through a real child. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonApp } from "../../functions/engine/python/app/python-app.ts";
import type { ProjectChildren } from "../../functions/engine/python/process/project-children.ts";
import { openServedChildren } from "./served-children.ts";

let folder: string;
let children: ProjectChildren;
type Ask = (request: Request) => Promise<Response>;
let bare: Ask;
let starlette: Ask;

/** What the server answers where the app has nothing. */
const otherwise = async (request: Request): Promise<Response> => {
  const { pathname, search } = new URL(request.url);
  return new Response(`ours: ${request.method} ${pathname}${search}`, { status: 203, headers: { "x-ours": "yes" } });
};
const asking = (spec: string, more: { patienceMs?: number } = {}): Ask => {
  const respond = createPythonApp({ spec, children, ...more });
  return (request) => respond(request, { otherwise });
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-app-"));
  children = openServedChildren({ TEST_NOTES: folder });
  bare = asking("./served/bare.py:app", { patienceMs: 10 });
  starlette = asking("./served/routes.py:app");
});
afterAll(async () => {
  (await children.get()).end();
  rmSync(folder, { recursive: true });
});
const notes = (): string[] => {
  const file = join(folder, "notes");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};
const get = (path: string, init: RequestInit = {}) => new Request(`http://localhost${path}`, init);

test("an app is told the request, its body in parts, and its lifespan's state; headers may repeat", async () => {
  const body = new ReadableStream({
    start(controller) {
      for (const size of [1, 100_000]) controller.enqueue(new Uint8Array(size));
      controller.close();
    },
  });
  const headers = new Headers([["X-Twice", "1"]]);
  headers.append("x-twice", "2");

  const response = await bare(get("/a%20b?q=%C3%A9", { method: "PUT", body, headers, duplex: "half" }));

  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe(
    "{'method': 'PUT', 'path': '/a b', 'raw_path': b'/a%20b', 'query_string': b'q=%C3%A9', 'scheme': 'http', " +
      "'state': {'started': True}, 'cookies': [b'1, 2'], 'size': 100001}",
  );
});

test("an app of Starlette serves with its middleware: JSON, a stream, and around what it leaves to the server", async () => {
  const said = await starlette(get("/echo/ann", { method: "POST", body: '{"a":1}' }));
  const streamed = await starlette(get("/stream"));
  const left = await starlette(get("/no%20where?a=1"));

  expect(await said.json()).toEqual({ said: { a: 1 }, to: "ann" });
  expect(said.headers.get("x-stamped")).toBe("yes");
  expect([streamed.headers.get("content-type"), await streamed.text()]).toEqual([
    "text/event-stream; charset=utf-8",
    "one two three",
  ]);
  expect([left.status, await left.text()]).toEqual([203, "ours: GET /no%20where?a=1"]);
  expect([left.headers.get("x-stamped"), left.headers.get("x-ours"), left.headers.get("x-threadline-passed")]).toEqual([
    "yes",
    "yes",
    null,
  ]);
});

test("what a bare app answers with 404 the server may have", async () => {
  const response = await bare(get("/missing"));

  expect([response.status, await response.text()]).toEqual([203, "ours: GET /missing"]);
});

test("a response without a body", async () => {
  const response = await bare(get("/empty"));

  expect([response.status, response.body]).toEqual([204, null]);
});

test("a reader that is slow, then leaves: the app waits for it, and is told", async () => {
  const response = await bare(get("/large"));
  const reader = response.body?.getReader();
  await reader?.read();

  await reader?.cancel();

  await expect.poll(() => notes().join()).toMatch(/disconnected after [1-9]\b/);
});

test("an app that does not listen is cancelled some time after its caller has left", async () => {
  const leaving = new AbortController();
  await bare(get("/endless", { signal: leaving.signal }));

  leaving.abort();

  await expect.poll(notes).toContain("cancelled");
});

test.each([
  ["/fails", "before its response"],
  ["/silent", "it has ended before its response"],
])("%s: the call rejects, and others are served", async (path, why) => {
  await expect(bare(get(path))).rejects.toThrow(why);
  expect((await bare(get("/seen"))).status).toBe(201);
});

test("a failure in the middle ends the body with an error", async () => {
  const response = await bare(get("/fails_later"));

  await expect(response.text()).rejects.toThrow("in the middle");
});

test("an app that does not load rejects with its reason", async () => {
  const app = asking("./more/broken.py:graph");

  await expect(app(get("/"))).rejects.toThrow("No module named 'a_package_that_is_not_there'");
});

test("its lifespan begins once, and ends with the child that is not needed any more", async () => {
  expect(notes().filter((line) => line === "startup")).toHaveLength(1);
  const child = await children.get();

  child.leave();

  await expect.poll(notes).toContain("shutdown");
});
