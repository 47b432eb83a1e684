/**
 * Handlers for tests of the isolated host, as a person would write them for Lambda. Loaded by AWS's runtime client, never by a test: types
 * are stripped into a folder of its own, so nothing but Node's modules may be imported.
 */
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayProxyEventV2, Context, SQSBatchResponse, SQSEvent } from "aws-lambda";

interface Prelude {
  statusCode: number;
  headers?: Record<string, string>;
  cookies?: string[];
}
type Streaming = (event: APIGatewayProxyEventV2, stream: Writable, context: Context) => Promise<void>;

declare const awslambda: {
  streamifyResponse(handler: Streaming): Streaming;
  HttpResponseStream: { from(stream: Writable, prelude: Prelude): Writable };
};

const asked = (event: APIGatewayProxyEventV2, name: string): string => event.queryStringParameters?.[name] ?? "";
const open = (stream: Writable, headers: Record<string, string> = {}): Writable =>
  awslambda.HttpResponseStream.from(stream, { statusCode: 200, headers: { "x-pid": String(process.pid), ...headers } });

/** The test says when to go on, so that nothing is told by time. */
async function gate(file: string): Promise<void> {
  const isOpen = () => file === "" || existsSync(file);
  while (!isOpen()) await sleep(5);
}

/** Writes `?chunks=a,b,c`, and waits for the file `?gate=` after the first. */
export const chunks = awslambda.streamifyResponse(async (event, raw) => {
  const stream = open(raw, { "content-type": "text/event-stream" });
  for (const [n, chunk] of asked(event, "chunks").split(",").entries()) {
    if (n === 1) await gate(asked(event, "gate"));
    stream.write(chunk);
  }
  stream.end();
});

/** The request as the function sees it, or its bytes. */
export const echo = awslambda.streamifyResponse(async (event, raw) => {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  const stream = open(raw, { "content-type": "application/octet-stream" });
  stream.write(asked(event, "as") === "event" ? JSON.stringify(event) : bytes);
  stream.end();
});

export const cookies = awslambda.streamifyResponse(async (_event, raw) => {
  const stream = awslambda.HttpResponseStream.from(raw, { statusCode: 200, cookies: ["a=1; Path=/", "b=2"] });
  stream.write("");
  stream.end();
});

/** Without `HttpResponseStream`: a type, and bytes. */
export const plain = awslambda.streamifyResponse(async (_event, raw) => {
  (raw as Writable & { setContentType(type: string): void }).setContentType("text/plain");
  raw.write("bare");
  raw.end();
});

export const noContent = awslambda.streamifyResponse(async (_event, raw) => {
  const stream = awslambda.HttpResponseStream.from(raw, { statusCode: 204 });
  stream.write("");
  stream.end();
});

/** 20 MB at the pace of the reader; the last 64 bytes are the SHA-256 of what came before. */
export const large = awslambda.streamifyResponse(async (_event, raw) => {
  const stream = open(raw);
  const hash = createHash("sha256");
  for (let n = 0; n < 20; n++) {
    const megabyte = Buffer.alloc(1_048_576, n);
    hash.update(megabyte);
    if (!stream.write(megabyte)) await new Promise((resolve) => stream.once("drain", resolve));
  }
  stream.end(hash.digest("hex"));
});

export const throwing = awslambda.streamifyResponse(async (event, raw) => {
  if (asked(event, "when") === "never") {
    const stream = open(raw);
    stream.write("fine");
    stream.end();
    return;
  }
  if (asked(event, "when") === "later") open(raw).write("the beginning");
  throw new TypeError("on purpose");
});

/** `?survive=on` handles the rejection that the runtime client leaves behind. */
export const destroying = awslambda.streamifyResponse(async (event, raw) => {
  if (asked(event, "survive") === "on" && process.listenerCount("unhandledRejection") === 0)
    process.on("unhandledRejection", () => undefined);
  const stream = open(raw);
  stream.on("error", () => undefined);
  await new Promise((resolve) => stream.write("the beginning", resolve));
  if (asked(event, "destroy") === "no") stream.end();
  else stream.destroy(new Error("cut"));
});

/** Never ends, but with `?end=on`; `?headers=on` lets the beginning out first. */
export const endless = awslambda.streamifyResponse(async (event, raw) => {
  if (asked(event, "end") === "on") return void open(raw).end("the end");
  if (asked(event, "headers") === "on") open(raw).write("the beginning");
  await new Promise(() => undefined);
});

/** Returns without an end of its stream, but with `?end=on`. */
export const noEnd = awslambda.streamifyResponse(async (event, raw) => {
  if (asked(event, "end") === "on") return void open(raw).end("the end");
  open(raw).write("the beginning");
});

/** A prelude that is never written, for nothing is. */
export const noPrelude = awslambda.streamifyResponse(async (_event, raw) => {
  open(raw).end();
});

export const exiting = awslambda.streamifyResponse(async (event, raw) => {
  if (asked(event, "exit") === "yes") process.exit(3);
  const stream = open(raw);
  stream.write("alive");
  stream.end();
});

/** Streams until it has written everything, whoever reads, then leaves the file `?done=`. */
export const stubborn = awslambda.streamifyResponse(async (event, raw) => {
  const stream = open(raw);
  stream.write("the beginning");
  await gate(asked(event, "gate"));
  for (let n = 0; n < 100; n++)
    if (!stream.write(Buffer.alloc(100_000))) await new Promise((resolve) => stream.once("drain", resolve));
  stream.end();
  writeFileSync(asked(event, "done"), String(process.pid));
});

const ticks: number[] = [];

/** The longest pause of a timer of 10 ms since the process began, ms. */
export const ticking = async () => {
  if (ticks.length === 0) setInterval(() => ticks.push(Date.now()), 10);
  ticks.push(Date.now());
  const pauses = ticks.map((at, n) => at - (ticks[n - 1] ?? at));
  return { pid: process.pid, longest: Math.max(...pauses) };
};

export const buffered = async (event: APIGatewayProxyEventV2) => {
  if (asked(event, "as") === "value") return { hello: "world" };
  if (asked(event, "as") === "error") throw new RangeError("on purpose");
  if (asked(event, "as") === "large") return { statusCode: 200, body: "x".repeat(7_000_000) };
  return {
    statusCode: 201,
    headers: { "content-type": "image/png" },
    cookies: ["c=3"],
    body: Buffer.from([0, 255, 1]).toString("base64"),
    isBase64Encoded: true,
  };
};

/** Fails each message that says so until its `n`-th delivery, and notes what it saw. */
export const messages = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
  for (const { messageId, body, attributes } of event.Records) {
    const { fails = 0, crashes = 0 } = JSON.parse(body) as { fails?: number; crashes?: number };
    const delivery = Number(attributes.ApproximateReceiveCount);
    console.log(`delivery ${delivery} of ${body}`);
    if (delivery <= crashes) process.exit(1);
    if (delivery <= fails) batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
};
