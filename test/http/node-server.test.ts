import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { App, RequestContext } from "../../functions/http/edge/request-context.ts";
import type { NodeServer } from "../../functions/http/edge/listen.ts";
import { serveNode } from "../../functions/http/edge/node-server.ts";
import { empty, json } from "../../functions/http/server/respond.ts";
import { hasIPv6 } from "../support/listeners.ts";

const running: NodeServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function serve(
  answer: (request: Request, host: RequestContext) => Response | Promise<Response>,
): Promise<NodeServer> {
  const app: App = { fetch: async (request, host = {}) => answer(request, host) };
  const server = await serveNode(app, { port: 0, hostname: "127.0.0.1" });
  running.push(server);
  return server;
}

const encode = (text: string) => new TextEncoder().encode(text);

/** What the wire says, byte for byte, until the server closes. */
async function raw(
  server: NodeServer,
  request: string,
): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect(server.port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  await once(socket, "connect");
  socket.write(request);
  return { socket, received: () => text, closed };
}

test("a request arrives as it was sent", async () => {
  const server = await serve(async (request) =>
    json({
      method: request.method,
      url: request.url.replace(/^http:\/\/[^/]+/, ""),
      header: request.headers.get("x-a"),
      body: await request.text(),
    }),
  );

  const response = await fetch(`${server.url}/a%20b?x=1&x=2`, { method: "POST", body: "ü", headers: { "x-a": "1" } });

  expect(await response.json()).toEqual({ method: "POST", url: "/a%20b?x=1&x=2", header: "1", body: "ü" });
});

test("a short answer has its length, an open one is chunked", async () => {
  const server = await serve((request) =>
    request.url.endsWith("/short") ? json({ ok: true }) : new Response(ReadableStream.from([encode("a"), encode("b")])),
  );

  const short = await fetch(`${server.url}/short`);
  const open = await fetch(`${server.url}/open`);

  expect([short.headers.get("content-length"), await short.text()]).toEqual(["11", '{"ok":true}']);
  expect([open.headers.get("transfer-encoding"), await open.text()]).toEqual(["chunked", "ab"]);
});

test("an answer without body, and HEAD", async () => {
  const server = await serve(({ method }) => (method === "DELETE" ? empty(204) : json({ ok: true })));

  const deleted = await fetch(server.url, { method: "DELETE" });
  const head = await fetch(server.url, { method: "HEAD" });

  expect([deleted.status, await deleted.text()]).toEqual([204, ""]);
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "11", ""]);
});

test("several cookies are several headers", async () => {
  const server = await serve(() => {
    const headers = new Headers();
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return new Response("", { headers });
  });

  const response = await fetch(server.url);

  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

test("headers leave before the first chunk", async () => {
  const gate = Promise.withResolvers<void>();
  const server = await serve(
    () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await gate.promise;
            controller.enqueue(encode("late"));
            controller.close();
          },
        }),
      ),
  );

  const response = await fetch(server.url);
  gate.resolve();

  expect(await response.text()).toBe("late");
});

test("a body that fails breaks the connection after what was sent", async () => {
  let pulls = 0;
  const server = await serve(
    () =>
      new Response(
        new ReadableStream(
          {
            pull(controller) {
              if (pulls++ === 0) controller.enqueue(encode("event: a\n\n"));
              else controller.error(new Error("cut"));
            },
          },
          { highWaterMark: 0 },
        ),
      ),
  );

  const { received, closed } = await raw(server, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await closed;

  expect(received()).toContain("event: a\n\n\r\n");
  expect(received()).not.toContain("\r\n0\r\n\r\n");
  await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow("terminated");
});

test("a client that goes is told to the app, and its body is cancelled", async () => {
  const gone = Promise.withResolvers<string>();
  const cancelled = Promise.withResolvers<string>();
  const server = await serve((_, host) => {
    host.disconnected?.addEventListener("abort", () => gone.resolve("gone"));
    return new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(encode("a")),
        cancel: () => cancelled.resolve("cancelled"),
      }),
    );
  });

  const leaving = new AbortController();
  const response = await fetch(server.url, { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();

  expect(await Promise.all([gone.promise, cancelled.promise])).toEqual(["gone", "cancelled"]);
});

test("a slow client holds back its body, and gets all of it", async () => {
  const block = new Uint8Array(256 * 1024);
  const total = 80;
  let made = 0;
  const server = await serve(
    () =>
      new Response(
        new ReadableStream(
          {
            pull(controller) {
              if (made === total) return controller.close();
              made++;
              controller.enqueue(block);
            },
          },
          { highWaterMark: 0 },
        ),
      ),
  );

  const { socket, closed } = await raw(server, "");
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  await expect.poll(() => made).toBeGreaterThan(0);
  // What the kernel's buffers take is bounded; when nothing moves between two looks, the body is held back.
  let before = -1;
  const isStill = (): boolean => {
    const still = before === made;
    before = made;
    return still;
  };
  await expect.poll(isStill, { interval: 100 }).toBe(true);
  const ahead = made;
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
  socket.resume();
  await closed;

  expect(ahead).toBeLessThan(total);
  expect(bytes).toBeGreaterThanOrEqual(total * block.length);
});

test("an answer by header alone reads nothing of the body", async () => {
  const server = await serve(() => json({ detail: "too large" }, 413));

  const response = await fetch(server.url, { method: "POST", body: new Uint8Array(3_000_000) });

  expect(response.status).toBe(413);
});

test.each([
  "GET http://other/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
  "TRACE / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
])("what is no request of ours is refused: %j", async (request) => {
  const server = await serve(() => json({}));

  const { received, closed } = await raw(server, request);
  await closed;

  expect(received()).toMatch(/^HTTP\/1\.1 400 /);
  expect(received()).toContain('{"detail":"Malformed request"}');
});

test("closing aborts open streams", async () => {
  const server = await serve(
    () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(encode("a")) })),
  );
  const response = await fetch(server.url);
  const reader = response.body?.getReader();
  await reader?.read();

  await server.close();

  await expect(reader?.read()).rejects.toThrow("terminated");
});

test("a taken port is an error", async () => {
  const server = await serve(() => json({}));
  const app: App = { fetch: async () => json({}) };

  await expect(serveNode(app, { port: server.port, hostname: "127.0.0.1" })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});

describe.skipIf(!hasIPv6)("S14: both loopbacks", () => {
  const app: App = { fetch: async () => json({ ok: true }) };
  const both = { hostname: "127.0.0.1", also: ["::1"] };

  test("answer on the same port", async () => {
    const server = await serveNode(app, { port: 0, ...both });
    running.push(server);

    for (const host of ["127.0.0.1", "[::1]", "localhost"])
      expect((await fetch(`http://${host}:${server.port}`)).status, host).toBe(200);
    await server.close();
    for (const host of ["127.0.0.1", "[::1]"])
      await expect(fetch(`http://${host}:${server.port}`)).rejects.toThrow("fetch failed");
  });

  test("a port that another program has on one of them is taken", async () => {
    const other = await serveNode(app, { port: 0, hostname: "::1" });
    running.push(other);

    await expect(serveNode(app, { port: other.port, ...both })).rejects.toMatchObject({ code: "EADDRINUSE" });
    // Nothing is left listening at the first.
    await expect(fetch(`http://127.0.0.1:${other.port}`)).rejects.toThrow("fetch failed");
  });

  test("an address that this machine has not is done without", async () => {
    const server = await serveNode(app, { port: 0, hostname: "127.0.0.1", also: ["2001:db8::1"] });
    running.push(server);

    expect((await fetch(server.url)).status).toBe(200);
  });
});
