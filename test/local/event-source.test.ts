/** The queue's side of the local system, against the real emulator: what Lambda's event source promises. */
import { GetQueueAttributesCommand, type QueueAttributeName, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SQSEvent } from "aws-lambda";
import { LOCAL_CONCURRENCY, RECEIVE_WAIT_S } from "../../local/timings.ts";
import { createQueue } from "../../local/create-table.ts";
import { startEventSource } from "../../local/event-source.ts";
import { startTestSqs, type TestSqs } from "../support/sqs.ts";

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

let emulator: TestSqs;
let sqs: TestSqs["sqs"];
beforeAll(async () => {
  emulator = await startTestSqs();
  ({ sqs } = emulator);
});
afterAll(async () => {
  await emulator.stop();
});

const bodyOf = ({ Records }: SQSEvent): string => Records.map(({ body }) => body).join();
const succeeded = { batchItemFailures: [] };

async function send(queueUrl: string, bodies: string[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += 10) {
    const Entries = bodies.slice(from, from + 10).map((MessageBody, i) => ({ Id: String(i), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** Messages that wait, and those that are out with an invocation or failed in one. */
async function count(queueUrl: string, ...names: QueueAttributeName[]): Promise<number> {
  const asked: QueueAttributeName[] = names.length
    ? names
    : ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: asked });
  const { Attributes = {} } = await sqs.send(command);
  return asked.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

test("each message is one invocation of its own, and is gone after it", async () => {
  const queueUrl = await createQueue(sqs, "each");
  const bodies = Array.from({ length: 25 }, (_, i) => `message ${i}`);
  const seen: string[] = [];
  const invoke = (event: SQSEvent) => {
    seen.push(bodyOf(event));
    return Promise.resolve(succeeded);
  };
  await send(queueUrl, bodies);

  const source = startEventSource({ sqs, queueUrl, invoke, logger });
  await expect.poll(() => seen.length).toBe(bodies.length);
  await expect.poll(() => count(queueUrl)).toBe(0);
  await source.stop();

  expect(seen.toSorted()).toEqual(bodies.toSorted());
});

test("a message whose invocation failed stays for later, whether it was reported or thrown", async () => {
  const queueUrl = await createQueue(sqs, "failing");
  const seen: string[] = [];
  const invoke = (event: SQSEvent) => {
    const body = bodyOf(event);
    seen.push(body);
    if (body === "thrown") return Promise.reject(new Error("the function failed"));
    const failures = event.Records.map(({ messageId }) => ({ itemIdentifier: messageId }));
    return Promise.resolve({ batchItemFailures: body === "reported" ? failures : [] });
  };
  await send(queueUrl, ["reported", "thrown", "good"]);

  const source = startEventSource({ sqs, queueUrl, invoke, logger });
  await expect.poll(() => seen.length).toBe(3);
  await expect.poll(() => count(queueUrl)).toBe(2);
  await source.stop();

  expect(seen.toSorted()).toEqual(["good", "reported", "thrown"]);
});

test("no more invocations at once than allowed, and the next as soon as one ends", async () => {
  const queueUrl = await createQueue(sqs, "crowd");
  const extra = 15;
  const gates: (() => void)[] = [];
  const invoke = () => new Promise<typeof succeeded>((resolve) => gates.push(() => resolve(succeeded)));
  await send(
    queueUrl,
    Array.from({ length: LOCAL_CONCURRENCY + extra }, (_, i) => `message ${i}`),
  );

  const source = startEventSource({ sqs, queueUrl, invoke, logger });
  await expect.poll(() => gates.length).toBe(LOCAL_CONCURRENCY);
  const waiting = await count(queueUrl, "ApproximateNumberOfMessages");
  for (const open of gates.splice(0)) open();
  await expect.poll(() => gates.length).toBe(extra);
  for (const open of gates) open();
  await source.stop();

  expect(waiting).toBe(extra);
});

test("children start, though all that may run are parents that wait for them", async () => {
  const queueUrl = await createQueue(sqs, "families");
  const ended: string[] = [];
  const started = new Map<string, PromiseWithResolvers<void>>();
  const childOf = (parent: string) => {
    const child = started.get(parent) ?? Promise.withResolvers<void>();
    started.set(parent, child);
    return child;
  };
  const invoke = async (event: SQSEvent) => {
    const [role = "", name = ""] = bodyOf(event).split(" ");
    if (role === "parent") await childOf(name).promise;
    else childOf(name).resolve();
    ended.push(role);
    return succeeded;
  };
  const names = Array.from({ length: LOCAL_CONCURRENCY }, (_, i) => String(i));
  await send(
    queueUrl,
    names.map((name) => `parent ${name}`),
  );

  const source = startEventSource({ sqs, queueUrl, invoke, logger, relief: 50 });
  await expect.poll(() => started.size).toBe(LOCAL_CONCURRENCY);
  await send(
    queueUrl,
    names.map((name) => `child ${name}`),
  );
  await expect.poll(() => ended.length).toBe(2 * LOCAL_CONCURRENCY);
  await source.stop();

  expect(ended.filter((role) => role === "parent")).toHaveLength(LOCAL_CONCURRENCY);
});

test("stops while a receive still waits for messages", async () => {
  const queueUrl = await createQueue(sqs, "idle");
  const source = startEventSource({ sqs, queueUrl, invoke: () => Promise.resolve(succeeded), logger });

  const waits = new AbortController();
  const receiveEnds = sleep(RECEIVE_WAIT_S * 1_000, "the receive has ended", { signal: waits.signal });
  const first = await Promise.race([source.stop().then(() => "it has stopped"), receiveEnds]);
  waits.abort();

  expect(first).toBe("it has stopped");
});
