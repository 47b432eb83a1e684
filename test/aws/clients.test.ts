/** What the AWS clients put on the wire beside the call itself. The SDK is real, what answers is a listener on loopback. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { readEnv } from "../../functions/aws/env.ts";
import { createQueueClient, createTableClient } from "../../functions/aws/table/clients.ts";

const TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/** What AWS is asked during one invocation of a function. */
async function headersOf(ask: (env: ReturnType<typeof readEnv>) => Promise<unknown>): Promise<IncomingHttpHeaders> {
  const heard = Promise.withResolvers<IncomingHttpHeaders>();
  const server = createServer((request, response) => {
    heard.resolve(request.headers);
    const MD5OfMessageBody = createHash("md5").update("{}").digest("hex");
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify({ MD5OfMessageBody }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "api");
  vi.stubEnv("_X_AMZN_TRACE_ID", TRACE);
  try {
    const env = readEnv({
      THREADLINE_TABLE_NAME: "table",
      THREADLINE_QUEUE_URL: `http://127.0.0.1:${port}/queue`,
      THREADLINE_PROJECT_DIR: "project",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    });
    await ask(env);
    return await heard.promise;
  } finally {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  }
}

test("A5: a message carries the trace of the invocation that sends it, so the worker's belongs to it", async () => {
  const headers = await headersOf(async (env) => {
    const client = createQueueClient(env);
    await client.send(new SendMessageCommand({ QueueUrl: env.queueUrl, MessageBody: "{}" }));
    client.destroy();
  });

  expect(headers["x-amzn-trace-id"]).toBe(TRACE);
});

test("A5: calls of the table do not, for nothing would pass it on", async () => {
  const headers = await headersOf(async (env) => {
    const client = createTableClient(env);
    await client.send(new GetCommand({ TableName: env.table, Key: { pk: "a", sk: "b" } }));
    client.destroy();
  });

  expect(Object.keys(headers)).not.toContain("x-amzn-trace-id");
  expect(Object.keys(headers)).toContain("x-amz-target");
});
