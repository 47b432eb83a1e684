/** The SQS emulator, and a client of ours for it. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { readEnv } from "../../functions/aws/env.ts";
import { createQueueClient } from "../../functions/aws/table/clients.ts";
import { startSqs } from "../../local/sqs.ts";

export interface TestSqs {
  sqs: SQSClient;
  stop(): Promise<void>;
}

export async function startTestSqs(): Promise<TestSqs> {
  const emulator = await startSqs();
  const sqs = createQueueClient(
    readEnv({
      THREADLINE_TABLE_NAME: "unused",
      THREADLINE_QUEUE_URL: "unused",
      THREADLINE_PROJECT_DIR: "unused",
      AWS_ENDPOINT_URL_SQS: emulator.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    }),
  );
  const stop = async (): Promise<void> => {
    sqs.destroy();
    await emulator.stop();
  };
  return { sqs, stop };
}
