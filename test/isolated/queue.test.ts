/** The run queue's way through the pool, against the real emulator: what succeeded is gone, what failed stays until its time-out. */
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse } from "aws-lambda";
import { startEventSource } from "../../local/event-source.ts";
import { invokeEvent } from "../../local/isolated/invoke-event.ts";
import { PATIENCE } from "../support/patience.ts";
import { startTestSqs, type TestSqs } from "../support/sqs.ts";
import { type Bench, type FunctionUnderTest, startBench } from "./function-under-test.ts";

/** s. A message that is still handled after it comes twice: a process is replaced in less, also on a busy machine. */
const VISIBILITY_OF_FAILED = 20;
const VISIBILITY_OF_ALL = 3_600;

let bench: Bench;
let emulator: TestSqs;
let sqs: TestSqs["sqs"];
beforeAll(async () => {
  bench = startBench();
  emulator = await startTestSqs();
  ({ sqs } = emulator);
});
afterAll(async () => {
  await bench.stop();
  await emulator.stop();
});

interface Queue extends FunctionUnderTest {
  send(...messages: object[]): Promise<void>;
  /** Messages that wait or are out. */
  left(): Promise<number>;
  /** Warnings of the event source. */
  warnings: string[];
  stop(): Promise<void>;
}

async function openQueue(name: string, VisibilityTimeout: number, concurrency: number): Promise<Queue> {
  const created = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: String(VisibilityTimeout) } }),
  );
  const queueUrl = created.QueueUrl ?? "";
  const tested = await bench.open("messages", { concurrency });
  // The first message does not wait for a cold start.
  await invokeEvent(tested.pool, { Records: [] });
  const warnings: string[] = [];
  const source = startEventSource({
    sqs,
    queueUrl,
    invoke: async (event) => (await invokeEvent(tested.pool, event)) as SQSBatchResponse,
    relief: Infinity,
    logger: {
      info: () => undefined,
      warn: (message, fields) => void warnings.push(`${message} ${String(fields["error"])}`),
      error: () => undefined,
    },
    concurrency,
  });
  return {
    ...tested,
    warnings,
    async send(...messages) {
      const Entries = messages.map((message, n) => ({ Id: String(n), MessageBody: JSON.stringify(message) }));
      // Without an answer in time the SDK would send it again, and the queue would have it twice.
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }), { requestTimeout: PATIENCE });
    },
    async left() {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
    },
    stop: () => source.stop(),
  };
}

const deliveries = (queue: Queue): string[] => queue.printed().match(/delivery \d+ of .*/g) ?? [];

test.concurrent("a message that the function reports as failed comes again after its time-out; the others are gone", async ({
  expect,
}) => {
  const queue = await openQueue("partial", VISIBILITY_OF_FAILED, 1);

  await queue.send({ n: 1 }, { n: 2, fails: 1 }, { n: 3 });

  await expect.poll(() => queue.left()).toBe(0);
  expect(deliveries(queue).toSorted()).toEqual([
    'delivery 1 of {"n":1}',
    'delivery 1 of {"n":2,"fails":1}',
    'delivery 1 of {"n":3}',
    'delivery 2 of {"n":2,"fails":1}',
  ]);
  expect(queue.warnings).toEqual([]);
  await queue.stop();
});

test.concurrent("a message whose process dies comes again, to another process", async ({ expect }) => {
  const queue = await openQueue("dying", VISIBILITY_OF_FAILED, 1);

  await queue.send({ crashes: 1 });

  await expect.poll(() => queue.left()).toBe(0);
  expect(deliveries(queue)).toEqual(['delivery 1 of {"crashes":1}', 'delivery 2 of {"crashes":1}']);
  expect(queue.warnings).toEqual([expect.stringContaining("Runtime.ExitError")]);
  expect(queue.pool.cold).toBe(2);
  await queue.stop();
});

test.concurrent("more messages than environments wait for one, and each is handled once", async ({ expect }) => {
  const queue = await openQueue("narrow", VISIBILITY_OF_ALL, 2);
  const bodies = Array.from({ length: 10 }, (_, n) => ({ n }));

  await queue.send(...bodies);

  await expect.poll(() => queue.left()).toBe(0);
  expect(deliveries(queue).toSorted()).toEqual(bodies.map(({ n }) => `delivery 1 of {"n":${n}}`).toSorted());
  expect(queue.pool.cold).toBe(2);
  await queue.stop();
});
