/**
 * Does what Lambda's SQS event source does: receives, invokes the worker with one message each, deletes what was not reported as failed. A
 * failed message stays until its visibility time-out.
 */
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { REQUEST_TIMEOUT } from "../functions/aws/table/limits.ts";
import type { Logger } from "../functions/core/ports.ts";
import { invocationOf } from "./invocation-of.ts";
import { createSlots } from "./invocation-slots.ts";
import { LOCAL_CONCURRENCY, LOCAL_POLLERS, RECEIVE_RETRY, RECEIVE_WAIT_S } from "./timings.ts";

/** Messages of one receive, at most: SQS's limit. */
const BATCH = 10;

export interface EventSourceOptions {
  sqs: SQSClient;
  queueUrl: string;
  invoke: (event: SQSEvent) => Promise<SQSBatchResponse | undefined>;
  logger: Logger;
  /** Invocations at once. */
  concurrency?: number;
  /** ms after which one more is invoked if none ends; Infinity where the function takes no more: its messages wait in the queue. */
  relief?: number;
}

/** Polls until stopped. `stop` resolves when no receive is open; it does not wait for invocations. */
export function startEventSource(options: EventSourceOptions): { stop(): Promise<void> } {
  const { sqs, queueUrl, invoke, logger, concurrency = LOCAL_CONCURRENCY, relief } = options;
  const stopped = new AbortController();
  const slots = createSlots(concurrency, relief);

  const handle = async (message: Message): Promise<void> => {
    const answer = await invoke(invocationOf(message));
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
    const { Messages } = await sqs.send(command, {
      abortSignal: stopped.signal,
      requestTimeout: RECEIVE_WAIT_S * 1_000 + REQUEST_TIMEOUT,
    });
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
        logger.warn("receive failed", { error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, RECEIVE_RETRY));
      }
    }
  };

  const run = async (message: Message): Promise<void> => {
    try {
      await handle(message);
    } catch (error) {
      if (!stopped.signal.aborted)
        logger.warn("invocation failed", { message_id: message.MessageId, error: String(error) });
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
