/** Long answers are smaller on the wire for clients that ask for it, at both edges. */
import { request as ask } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { UrlEvent } from "../../functions/http/edge/lambda-events.ts";
import { serveFunctionUrl } from "../../functions/http/edge/function-url.ts";
import { serveNode } from "../../functions/http/edge/node-server.ts";
import { createApp } from "../../functions/http/server/app.ts";
import { chooseCoding, COMPRESSED_FROM } from "../../functions/http/server/compress.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { aFinishedRun, type AppUnderTest, appUnderTest, jsonOf, runBody, threeSteps } from "./app-under-test.ts";
import { silentLogger } from "./silent-logger.ts";
import { context, ResponseStream, standIn } from "./stand-in-lambda.ts";

let table: TestTable;
let app: AppUnderTest;
let path: string;
beforeAll(async () => {
  table = await startTable();
  app = appUnderTest(table, threeSteps);
  const metadata = { note: "again and ".repeat(500) };
  path = `/threads/${(await jsonOf(await app.ask("POST /threads", { metadata }))).thread_id}`;
});
afterAll(() => table.stop());

const DECODE = {
  br: (bytes: Uint8Array) => brotliDecompressSync(bytes).toString(),
  gzip: (bytes: Uint8Array) => gunzipSync(bytes).toString(),
};

test.each([
  ["br", "br"],
  ["gzip", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip, deflate", "gzip"],
  ["br;q=0.5, gzip;q=0.9", "gzip"],
  ["BR ; Q=1", "br"],
  ["*", "br"],
  ["*, br;q=0", "gzip"],
  ["", undefined],
  ["identity", undefined],
  ["gzip;q=0", undefined],
  ["deflate, zstd", undefined],
  ["br;q=much", undefined],
])("accept-encoding %j is answered with %s", (accepted, coding) => {
  expect(chooseCoding(accepted)).toBe(coding);
});

test.each(["br", "gzip"] as const)("an answer by %s has the same content", async (coding) => {
  const plain = await (await app.ask(`GET ${path}`)).text();

  const response = await app.ask(`GET ${path}`, undefined, { "accept-encoding": coding });
  const bytes = new Uint8Array(await response.arrayBuffer());

  expect(DECODE[coding](bytes)).toBe(plain);
  expect(bytes.length).toBeLessThan(plain.length / 10);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/json",
    "content-encoding": coding,
    "content-length": String(bytes.length),
    vary: "accept-encoding",
  });
});

test("who does not ask gets the text, and caches are told that others may not", async () => {
  const response = await app.ask(`GET ${path}`);

  expect([response.headers.get("content-encoding"), response.headers.get("vary")]).toEqual([null, "accept-encoding"]);
  expect(await response.text()).toContain("again and");
});

test("a short answer is left as it is", async () => {
  const response = await app.ask("GET /ok", undefined, { "accept-encoding": "br, gzip" });

  expect([response.headers.get("content-encoding"), response.headers.get("vary")]).toEqual([null, null]);
  expect(Number(response.headers.get("content-length"))).toBeLessThan(COMPRESSED_FROM);
});

test("HEAD says what GET would", async () => {
  const headers = { "accept-encoding": "br" };

  const [get, head] = [
    await app.ask(`GET ${path}`, undefined, headers),
    await app.ask(`HEAD ${path}`, undefined, headers),
  ];

  expect(head.body).toBeNull();
  expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
});

test("streams, waits and joins are live: they are never compressed", async () => {
  const metadata = { note: "again and ".repeat(500) };
  const run = await aFinishedRun(app);
  const headers = { "accept-encoding": "br, gzip" };
  const asked = [
    app.ask(`GET ${run.path}/stream?after=-1`, undefined, headers),
    app.ask(`GET ${run.path}/join`, undefined, headers),
    app.ask(`POST /threads/${run.thread_id}/runs/wait`, runBody({ metadata }), headers),
  ];

  for (const response of await Promise.all(asked)) {
    expect([response.headers.get("content-encoding"), response.headers.get("vary")]).toEqual([null, null]);
    await response.body?.cancel();
  }
});

test("off: every answer is the text, whatever the client accepts", async () => {
  const other = appUnderTest(table, threeSteps, { compress: false });

  const response = await other.ask(`GET ${path}`, undefined, { "accept-encoding": "br" });

  expect([response.headers.get("content-encoding"), response.headers.get("vary")]).toEqual([null, null]);
  expect(await response.text()).toContain("again and");
});

test("with CORS both reasons to vary are told", async () => {
  const cors = { origins: ["https://app.example.com"] };
  const other = appUnderTest(table, threeSteps, { cors });

  const response = await other.ask(`GET ${path}`, undefined, { "accept-encoding": "br", origin: "https://x.example" });

  expect(response.headers.get("vary")).toBe("accept-encoding, origin");
});

describe("on the wire", () => {
  const whole = () =>
    createApp({ ports: app.ports, settings: { auth: { kind: "none" }, cors: undefined, version: "1" } });

  test.each(["GET", "HEAD"])("%s at the Node server", async (method) => {
    const server = await serveNode(whole(), { port: 0, hostname: "127.0.0.1" });
    try {
      const { headers, bytes } = await rawAnswer(`${server.url}${path}`, method);

      expect(headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
      expect(bytes.length > 0 && DECODE.gzip(bytes).includes("again and")).toBe(method === "GET");
    } finally {
      await server.close();
    }
  });

  test("at the Function URL, whose prelude names the coding", async () => {
    Reflect.set(globalThis, "awslambda", standIn);
    try {
      const stream = new ResponseStream();
      const closed = new Promise((resolve) => stream.once("close", resolve));
      const event: UrlEvent = {
        rawPath: path,
        headers: { "accept-encoding": "gzip, br" },
        requestContext: { domainName: "abc.lambda-url.eu-west-1.on.aws", http: { method: "GET" } },
      };
      await serveFunctionUrl(whole(), { logger: silentLogger(), cut: "abort", pad: true })(event, stream, context);
      await closed;

      const all = Buffer.concat(stream.chunks);
      expect(stream.prelude?.headers).toMatchObject({ "content-encoding": "br", vary: "accept-encoding" });
      expect(DECODE.br(all.subarray(all.indexOf(Buffer.alloc(8)) + 8))).toContain("again and");
    } finally {
      Reflect.deleteProperty(globalThis, "awslambda");
    }
  });
});

/** Without a client that decompresses on its own. */
function rawAnswer(
  url: string,
  method: string,
): Promise<{ headers: Record<string, string | string[] | undefined>; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    ask(url, { method, headers: { "accept-encoding": "gzip" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, bytes: Buffer.concat(chunks) }));
    })
      .on("error", reject)
      .end();
  });
}
