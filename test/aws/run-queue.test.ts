/** Which failures of the queue are repeated, with the real SDK against an endpoint that answers so. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRunQueue } from "../../functions/aws/run/run-queue.ts";
import { createQueueClient } from "../../functions/aws/table/clients.ts";
import { Impossible, Unclear } from "../../functions/core/failure/failure.ts";
import { sendQuietly } from "../../functions/core/run/create/send-run.ts";
import { silentLogger } from "../http/silent-logger.ts";
import { envAt } from "./env-at.ts";

const ref = { thread_id: "thread", run_id: "run" };
const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

async function queueThatAnswers(status: number, type: string, query = "") {
  const server = createServer((request, response) => {
    request.resume();
    const headers = { "content-type": "application/x-amz-json-1.0", ...(query && { "x-amzn-query-error": query }) };
    response.writeHead(status, headers).end(JSON.stringify({ __type: type, message: "User: arn:aws:sts::1:role/api" }));
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const env = envAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return createRunQueue({ client: createQueueClient(env), queueUrl: env.queueUrl });
}

test.each([
  [403, "com.amazon.coral.service#AccessDeniedException", "AccessDenied;Sender"],
  [403, "com.amazonaws.sqs#AccessDenied", ""],
  [400, "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue;Sender"],
  [400, "com.amazonaws.sqs#KmsAccessDenied", "KMS.AccessDeniedException;Sender"],
])("R5: %i %s is impossible, and logged as an error without failing the caller", async (status, type, query) => {
  const queue = await queueThatAnswers(status, type, query);
  const logger = silentLogger();

  const thrown = await queue.send(ref).catch((error: unknown) => error);
  await sendQuietly({ queue, logger }, ref);

  expect(thrown).toBeInstanceOf(Impossible);
  expect(logger.lines).toMatchObject([{ level: "error", message: "send failed, the sweep repeats it" }]);
});

test.each([
  [400, "com.amazonaws.sqs#OverLimit", ""],
  [400, "com.amazonaws.sqs#RequestThrottled", ""],
  [503, "com.amazonaws.sqs#ServiceUnavailable", ""],
])("%i %s is unclear, and logged as a warning", async (status, type, query) => {
  const queue = await queueThatAnswers(status, type, query);
  const logger = silentLogger();

  const thrown = await queue.send(ref).catch((error: unknown) => error);
  await sendQuietly({ queue, logger }, ref);

  expect(thrown).toBeInstanceOf(Unclear);
  expect(logger.lines).toMatchObject([{ level: "warn" }]);
});
