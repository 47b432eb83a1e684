/**
 * What Lambda's SQS event source does: receive, invoke the worker with one message each, delete what it did not report as failed. A
 * failed message stays until its visibility time-out. Must not look into messages.
 */
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Logger } from "../functions/core/ports.ts";
import {
  LOCAL_CONCURRENCY,
  LOCAL_POLLERS,
  LOCAL_RELIEF,
  RECEIVE_RETRY,
  RECEIVE_WAIT_S,
} from "../functions/core/timings.ts";

/** SQS hands out at most this many at a time. */
const BATCH = 10;

export interface EventSourceOptions {
  sqs: SQSClient;
  queueUrl: string;
  invoke: (event: SQSEvent) => Promise<SQSBatchResponse | undefined>;
  logger: Logger;
  /** Invocations at once. */
  concurrency?: number;
}

/** Polls until stopped. `stop` resolves when no receive is open; invocations that run are the host's. */
export function startEventSource(options: EventSourceOptions): { stop(): Promise<void> } {
  const { sqs, queueUrl, invoke, logger, concurrency = LOCAL_CONCURRENCY } = options;
  const stopped = new AbortController();
  const slots = createSlots(concurrency);

  const handle = async (message: Message): Promise<void> => {
    const answer = await invoke({ Records: [toRecord(message)] });
    if (answer?.batchItemFailures.length) return;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
  };

  const receive = async (room: number): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(room, BATCH),
      WaitTimeSeconds: RECEIVE_WAIT_S,
      MessageSystemAttributeNames: ["All"],
    });
    const { Messages } = await sqs.send(command, { abortSignal: stopped.signal });
    return Messages ?? [];
  };

  const poll = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const room = await slots.take(BATCH);
      try {
        const messages = await receive(room);
        slots.give(room - messages.length);
        for (const message of messages) void run(message);
      } catch (error) {
        slots.give(room);
        if (stopped.signal.aborted) return;
        logger.warn("receive failed", { cause: String(error) });
        await new Promise((resolve) => setTimeout(resolve, RECEIVE_RETRY));
      }
    }
  };

  const run = async (message: Message): Promise<void> => {
    try {
      await handle(message);
    } catch (error) {
      if (!stopped.signal.aborted)
        logger.warn("invocation failed", { message_id: message.MessageId, cause: String(error) });
    } finally {
      slots.give(1);
    }
  };

  const loops = Array.from({ length: LOCAL_POLLERS }, poll);
  return {
    async stop() {
      stopped.abort();
      slots.give(LOCAL_POLLERS);
      await Promise.all(loops);
    },
  };
}

/**
 * Counts what may run at once: `take` waits for at least one slot and takes at most `most`. If none comes free for a while there is one
 * more: all that run may be waiting for runs that they started themselves.
 */
function createSlots(total: number) {
  let free = total;
  const waiting: (() => void)[] = [];
  const isFull = (): boolean => free <= 0;
  const nextGiven = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      free++;
      resolve();
    }, LOCAL_RELIEF);
    waiting.push(resolve);
    await promise;
    clearTimeout(timer);
  };
  return {
    async take(most: number): Promise<number> {
      while (isFull()) await nextGiven();
      const taken = Math.min(free, most);
      free -= taken;
      return taken;
    },
    give(count: number): void {
      free = Math.min(free + count, total);
      if (count > 0) for (const wake of waiting.splice(0)) wake();
    },
  };
}

const toRecord = (message: Message): SQSEvent["Records"][number] => ({
  messageId: message.MessageId ?? "",
  receiptHandle: message.ReceiptHandle ?? "",
  body: message.Body ?? "",
  attributes: {
    ApproximateReceiveCount: message.Attributes?.ApproximateReceiveCount ?? "1",
    SentTimestamp: message.Attributes?.SentTimestamp ?? "",
    SenderId: message.Attributes?.SenderId ?? "",
    ApproximateFirstReceiveTimestamp: message.Attributes?.ApproximateFirstReceiveTimestamp ?? "",
  },
  messageAttributes: {},
  md5OfBody: message.MD5OfBody ?? "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:threadline",
  awsRegion: "us-east-1",
});
