/** The run queue on SQS: messages of ids only. A hint, not the truth (design 4.6). */
import { Unclear } from "../../core/failure/failure.ts";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { RunQueue } from "../../core/run/run-ports.ts";
import { SEND_TIMEOUT, SEND_TRY } from "../table/limits.ts";

export function createRunQueue({ client, queueUrl }: { client: SQSClient; queueUrl: string }): RunQueue {
  return {
    async send({ thread_id, run_id }, delayMs = 0) {
      const MessageBody = JSON.stringify({ thread_id, run_id });
      const sending = client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody,
          ...(delayMs > 0 && { DelaySeconds: Math.ceil(delayMs / 1_000) }),
        }),
        { requestTimeout: SEND_TRY, abortSignal: AbortSignal.timeout(SEND_TIMEOUT) },
      );
      // A duplicate or lost message does no harm, so every failure may be repeated.
      await sending.catch((error: unknown) => {
        throw new Unclear(`the queue: ${String(error)}`, { cause: error });
      });
    },
  };
}
