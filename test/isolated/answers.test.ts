/**
 * The isolated host between a request and its answer: streams, bytes, headers, as Lambda's runtime client and a Function URL carry them.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { address, type Bench, pidOf, readerOf, readUntil, startBench } from "./function-under-test.ts";

let bench: Bench;
beforeAll(() => {
  bench = startBench();
});
afterAll(() => bench.stop());

describe("a stream", () => {
  test("comes whole from a cold environment and from a warm one", async () => {
    const { url, pool } = await bench.open("chunks");

    const cold = await fetch(`${url}/?chunks=one,two`);
    const first = await cold.text();
    const warm = await fetch(`${url}/?chunks=one,two`);
    const second = await warm.text();

    expect([first, second]).toEqual(["onetwo", "onetwo"]);
    expect(cold.headers.get("content-type")).toBe("text/event-stream");
    expect(pidOf(warm)).toBe(pidOf(cold));
    expect(pool.cold).toBe(1);
  });

  test.each([
    ["an event", "data: 1\n\n"],
    ["a keep-alive comment", ": heartbeat\n"],
  ])("%s arrives before the next is written", async (name, chunk) => {
    const { url } = await bench.open("chunks");
    const gate = bench.file(`gate ${name}`);

    const response = await fetch(address(url, { chunks: `${chunk},rest`, gate }));
    const reader = readerOf(response);
    const first = await readUntil(reader, (text) => text.length >= chunk.length);
    writeFileSync(gate, "");
    const rest = await readUntil(reader, (text) => text === "rest");

    expect([first, rest]).toEqual([chunk, "rest"]);
    expect((await reader.read()).done).toBe(true);
  });

  test("has a chunk held back until the next comes, where the URL does so", async () => {
    const { url } = await bench.open("chunks", { holdLastChunk: true });
    const gate = bench.file("gate held");

    const response = await fetch(address(url, { chunks: "one,two", gate }));
    const reader = readerOf(response);
    const reading = readUntil(reader, (text) => text === "onetwo");
    const early = await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 300, "nothing"))]);
    writeFileSync(gate, "");

    expect(early).toBe("nothing");
    expect(await reading).toBe("onetwo");
  });

  test("of 20 MB arrives byte for byte", async () => {
    const { url } = await bench.open("large");

    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());

    const [data, hash] = [bytes.subarray(0, -64), bytes.subarray(-64).toString()];
    expect(data.length).toBe(20 * 1_048_576);
    expect(createHash("sha256").update(data).digest("hex")).toBe(hash);
  });

  test("without a prelude is 200 with its own type", async () => {
    const { url } = await bench.open("plain");

    const response = await fetch(url);

    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain"]);
    expect(await response.text()).toBe("bare");
  });

  test("that never wrote has no prelude, and is a 502", async () => {
    const { url } = await bench.open("noPrelude");

    const response = await fetch(url);

    expect(response.status).toBe(502);
  });
});

describe("requests and answers", () => {
  test("binary bodies cross both ways", async () => {
    const { url } = await bench.open("echo");
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    const headers = { "content-type": "application/octet-stream" };

    const response = await fetch(url, { method: "POST", body: bytes, headers });

    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  test("the event has method, path, query, headers, cookies and text as they were sent", async () => {
    const { url } = await bench.open("echo");

    const response = await fetch(`${url}/a%20b/c?as=event&x=1&x=2&y=%C3%A4`, {
      method: "PATCH",
      headers: { cookie: "s=1; t=2", "content-type": "application/json", "x-mine": "yes" },
      body: '{"ä":1}',
    });

    expect(await response.json()).toMatchObject({
      version: "2.0",
      rawPath: "/a%20b/c",
      rawQueryString: "as=event&x=1&x=2&y=%C3%A4",
      queryStringParameters: { as: "event", x: "1,2", y: "ä" },
      cookies: ["s=1", "t=2"],
      headers: { "x-mine": "yes", "x-forwarded-proto": "https" },
      requestContext: { http: { method: "PATCH", path: "/a%20b/c" } },
      body: '{"ä":1}',
      isBase64Encoded: false,
    });
  });

  test("each cookie is a header of its own", async () => {
    const { url } = await bench.open("cookies");

    const response = await fetch(url);

    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
  });

  test("204 has no body", async () => {
    const { url } = await bench.open("noContent");

    const response = await fetch(url);

    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
  });

  test("a body of more than 6 MB does not reach the function", async () => {
    const { url, pool } = await bench.open("echo");

    const response = await fetch(url, { method: "POST", body: new Uint8Array(6 * 1_048_576 + 1) });

    expect(response.status).toBe(413);
    expect(pool.cold).toBe(0);
  });

  test("E2: a preflight reaches the function, which answers for CORS", async () => {
    const { url, pool } = await bench.open("noContent");
    const headers = { origin: "https://app.example", "access-control-request-method": "POST" };

    const preflight = await fetch(url, { method: "OPTIONS", headers });

    expect([preflight.status, pool.cold]).toEqual([204, 1]);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("a buffered reply", () => {
  test("has status, headers, cookies and bytes", async () => {
    const { url } = await bench.open("buffered");

    const response = await fetch(url);

    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(response.headers.getSetCookie()).toEqual(["c=3"]);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 1]);
  });

  test("without a status is the body itself", async () => {
    const { url } = await bench.open("buffered");

    const response = await fetch(`${url}/?as=value`);

    expect([response.status, await response.json()]).toEqual([200, { hello: "world" }]);
  });

  test.each(["error", "large"])("that is %s is a 502, and the environment lives on", async (as) => {
    const { url, pool } = await bench.open("buffered");

    const failed = await fetch(`${url}/?as=${as}`);
    const next = await fetch(url);

    expect([failed.status, next.status]).toEqual([502, 201]);
    expect(pool.cold).toBe(1);
  });
});
