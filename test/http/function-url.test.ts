import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { serveFunctionUrl, streamed } from "../../functions/http/edge/function-url.ts";
import type { UrlEvent } from "../../functions/http/edge/lambda-events.ts";
import type { App, RequestContext } from "../../functions/http/edge/request-context.ts";
import { empty, json } from "../../functions/http/server/respond.ts";
import { silentLogger } from "./silent-logger.ts";
import { context, ResponseStream, standIn } from "./stand-in-lambda.ts";

const anEvent = (overrides: Partial<UrlEvent> & { method?: string } = {}): UrlEvent => ({
  rawPath: "/ok",
  rawQueryString: "",
  headers: { "x-api-key": "k" },
  requestContext: { domainName: "abc.lambda-url.eu-west-1.on.aws", http: { method: overrides.method ?? "GET" } },
  ...overrides,
});

const sse = (chunks: AsyncIterable<string>) => {
  const body = ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
};

async function* twoEvents() {
  yield "event: a\n\n";
  yield "event: b\n\n";
}

async function* failing() {
  yield "event: a\n\n";
  throw new Error("no table");
}

const anApp = (answer: (request: Request, host?: RequestContext) => Response | Promise<Response>): App => ({
  fetch: async (request, host) => answer(request, host),
});

/** Runs the handler on a fresh stream, as an invocation does. */
async function invoke(
  app: App,
  options: { cut?: "abort" | "clean"; pad?: boolean; stream?: ResponseStream; event?: UrlEvent } = {},
) {
  const { cut = "abort", pad = false, stream = new ResponseStream(), event = anEvent() } = options;
  const closed = new Promise((resolve) => stream.once("close", resolve));
  await serveFunctionUrl(app, { logger: silentLogger(), cut, pad })(event, stream, context);
  await closed;
  return stream;
}

beforeAll(() => {
  Reflect.set(globalThis, "awslambda", standIn);
});
afterAll(() => {
  Reflect.deleteProperty(globalThis, "awslambda");
});

test("the request comes with the time that is left", async () => {
  let left: number | undefined;

  await invoke(
    anApp((_, host) => {
      left = host?.timeLeft;
      return json({});
    }),
  );

  expect(left).toBe(900_000);
});

describe("the response", () => {
  test("is the prelude, then the body", async () => {
    const stream = await invoke(anApp(() => json({ ok: true }, 201, { "x-a": "1" })));

    expect(stream.response()).toEqual({
      statusCode: 201,
      headers: { "content-type": "application/json", "x-a": "1" },
      cookies: [],
      body: '{"ok":true}',
    });
    expect(stream.ended).toBe(true);
  });

  test("has its prelude also without a body", async () => {
    const stream = await invoke(anApp(() => empty(204)));

    expect(stream.response()).toMatchObject({ statusCode: 204, body: "" });
    expect(stream.ended).toBe(true);
  });

  test("has cookies apart from headers", async () => {
    const headers = new Headers({ "set-cookie": "a=1" });
    headers.append("set-cookie", "b=2");

    const stream = await invoke(anApp(() => new Response("x", { headers })));

    expect(stream.response()).toMatchObject({
      cookies: ["a=1", "b=2"],
      headers: expect.not.objectContaining({ "set-cookie": "a=1" }),
    });
  });

  test("sends headers before the first event, and each chunk by itself", async () => {
    const gate = Promise.withResolvers<void>();
    const stream = new ResponseStream();
    async function* events() {
      await gate.promise;
      yield "event: a\n\n";
      yield "event: b\n\n";
    }

    const done = invoke(
      anApp(() => sse(events())),
      { stream },
    );
    await expect.poll(() => stream.chunks).toHaveLength(2);
    const headersFirst = stream.response();
    gate.resolve();
    await done;

    expect(headersFirst).toMatchObject({ statusCode: 200, body: "" });
    expect(stream.chunks.slice(2).map(String)).toEqual(["event: a\n\n", "event: b\n\n"]);
  });

  test("goes at the pace of its reader", async () => {
    const block = "x".repeat(1_000);
    const slow = Promise.withResolvers<void>();
    let made = 0;
    async function* events() {
      for (; made < 100; made++) yield block;
    }
    const stream = new ResponseStream({ highWaterMark: 2_000, taken: () => slow.promise });

    const done = invoke(
      anApp(() => sse(events())),
      { stream },
    );
    await expect.poll(() => stream.writableNeedDrain).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    const ahead = made;
    slow.resolve();
    await done;

    expect(ahead).toBeLessThan(10);
    expect(stream.response().body).toHaveLength(100_000);
  });

  test("A2: has a line that clients ignore after each chunk, if asked for", async () => {
    const stream = await invoke(
      anApp(() => sse(twoEvents())),
      { pad: true },
    );

    expect(stream.response().body).toBe("event: a\n\n_\nevent: b\n\n_\n");
  });

  test("A2: has no such line within an event that comes in two chunks", async () => {
    async function* halves() {
      yield "event: a\nda";
      yield "ta: 1\n\n";
    }

    const stream = await invoke(
      anApp(() => sse(halves())),
      { pad: true },
    );

    expect(stream.response().body).toBe("event: a\ndata: 1\n\n_\n");
  });

  test("A2: has no such line where it is JSON, as a result that is waited for", async () => {
    const body = '\n{"a":1}\n';
    const stream = await invoke(
      anApp(
        () =>
          new Response(ReadableStream.from([new TextEncoder().encode(body)]), {
            headers: { "content-type": "application/json" },
          }),
      ),
      { pad: true },
    );

    expect(stream.response().body).toBe(body);
  });
});

describe("a body that fails", () => {
  test("breaks the connection", async () => {
    const stream = await invoke(anApp(() => sse(failing())));

    expect([stream.aborted, stream.ended]).toEqual([true, false]);
    expect(stream.response().body).toBe("event: a\n\n");
  });

  test("ends it, if so set", async () => {
    const stream = await invoke(
      anApp(() => sse(failing())),
      { cut: "clean" },
    );

    expect([stream.aborted, stream.ended]).toEqual([false, true]);
  });

  test("R19: breaks the connection of a JSON answer, however streams are cut", async () => {
    const body = ReadableStream.from(failing()).pipeThrough(new TextEncoderStream());
    const answer = new Response(body, { headers: { "content-type": "application/json" } });

    const stream = await invoke(
      anApp(() => answer),
      { cut: "clean" },
    );

    expect([stream.aborted, stream.ended]).toEqual([true, false]);
  });

  test("does not end the process, whose runtime rejects without a handler", async () => {
    const script = `
      import { serveFunctionUrl } from "./functions/http/edge/function-url.ts";
      import { ResponseStream, standIn, context } from "./test/http/stand-in-lambda.ts";
      globalThis.awslambda = standIn;
      const body = new ReadableStream({ pull(controller) { controller.error(new Error("no table")); } });
      const logger = { info() {}, warn() {}, error(message) { console.log(message); } };
      const handler = serveFunctionUrl({ fetch: async () => new Response(body) }, { logger, cut: "abort" });
      const stream = new ResponseStream();
      const headersDone = new Promise((_, reject) => stream.once("close", () => reject(new Error("socket closed"))));
      const event = { rawPath: "/", requestContext: { http: { method: "GET" } } };
      await handler(event, stream, context);
      await new Promise((resolve) => setTimeout(resolve, 50));
      console.log("next invocation", headersDone instanceof Promise);
    `;

    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module-typescript", "-e", script], {
      cwd: new URL("../..", import.meta.url).pathname,
    });

    expect(stdout).toBe("unhandled rejection\nnext invocation true\n");
  });
});

test("a reader whose connection broke stops the body", async () => {
  const stopped = Promise.withResolvers<void>();
  const stream = new ResponseStream({ taken: () => Promise.reject(new Error("ECONNRESET")) });
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("event: a\n\n")),
    cancel: () => stopped.resolve(),
  });

  await invoke(
    anApp(() => new Response(body)),
    { stream },
  );

  await stopped.promise;
  expect(stream.ended).toBe(false);
});

const handler = async () => undefined;

test("a handler is marked as streaming where the runtime can", () => {
  expect(streamed(async () => undefined)).toHaveProperty("streaming", true);
});

test.each([undefined, {}])("a handler is left as it is elsewhere (%j)", (global) => {
  Reflect.set(globalThis, "awslambda", global);

  const same = streamed(handler);
  Reflect.set(globalThis, "awslambda", standIn);

  expect(same).toBe(handler);
  expect(same).not.toHaveProperty("streaming");
});
