/** The run queue on SQS: messages of ids only. A hint, not the truth (design 4.6). */
import { SendMessageCommand, type SQSClient, SQSServiceException } from "@aws-sdk/client-sqs";
import { Impossible, Unclear } from "../../core/failure/failure.ts";
import type { RunQueue } from "../../core/run/run-ports.ts";
import { SEND_TIMEOUT, SEND_TRY } from "../table/limits.ts";

/** Errors of SQS, and of its key in KMS, that stay the same until somebody changes the deployment. */
const WRONG_DEPLOYMENTS = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "InvalidAddress",
  "InvalidClientTokenId",
  "InvalidSecurity",
  "KmsAccessDenied",
  "KmsDisabled",
  "KmsInvalidKeyUsage",
  "KmsInvalidState",
  "KmsNotFound",
  "QueueDoesNotExist",
  "UnrecognizedClientException",
  "UnsupportedOperation",
]);

/** A duplicate or lost message does no harm, so every other failure may be repeated. */
function classified(error: unknown): Unclear | Impossible {
  if (error instanceof SQSServiceException && WRONG_DEPLOYMENTS.has(error.name))
    return new Impossible(`the queue refuses it: ${error.name}`, { cause: error });
  return new Unclear(`the queue: ${String(error)}`, { cause: error });
}

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
      await sending.catch((error: unknown) => {
        throw classified(error);
      });
    },
  };
}
