/** Endpoints that take a request and never answer it, or never to its end: whoever calls goes on. The SDK and the sockets are real. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DeleteMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { Env } from "../../functions/aws/env.ts";
import { createRunQueue } from "../../functions/aws/run/run-queue.ts";
import { readClientKeys } from "../../functions/aws/secrets/client-keys.ts";
import { readProjectSecrets } from "../../functions/aws/secrets/project-secrets.ts";
import { createSecretsClient } from "../../functions/aws/secrets/secret-clients.ts";
import { createQueueClient, createTableClient } from "../../functions/aws/table/clients.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { createWebhookSender } from "../../functions/outbound/webhook-sender.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { created, hello, statusOf } from "../support/run-steps.ts";
import { envAt } from "./env-at.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const open: Server[] = [];
afterAll(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

const SILENT = () => undefined;
const UNFINISHED = (response: ServerResponse): void =>
  void response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).write('{"It');

async function endpoint(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  open.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const envOf = (url: string): Env =>
  envAt(url, {
    THREADLINE_PROJECT_SECRETS: JSON.stringify({ ONE: "ssm:/one", TWO: "secretsmanager:two" }),
  });

describe.concurrent.each([
  ["never answers", SILENT],
  ["never ends its answer", UNFINISHED],
])("E10: an endpoint that %s", (_how, answer) => {
  test("of the queue: a create is answered, and the run waits for whoever notices", async ({ expect }) => {
    const env = envOf(await endpoint(answer));
    const queue = createRunQueue({ client: createQueueClient(env), queueUrl: env.queueUrl });
    const ports = { ...corePorts(table, hello), queue };

    const run = await created(ports, await aThread(ports));

    expect(await statusOf(ports, run)).toBe("pending");
  });

  test("of the queue: other calls of it fail", async ({ expect }) => {
    const env = envOf(await endpoint(answer));
    const command = new DeleteMessageCommand({ QueueUrl: env.queueUrl, ReceiptHandle: "handle" });

    await expect(createQueueClient(env).send(command)).rejects.toThrow();
  });

  test("of the table: a read fails", async ({ expect }) => {
    const client = createTableClient(envOf(await endpoint(answer)));
    const command = new GetCommand({ TableName: "table", Key: { pk: "a", sk: "b" } });

    await expect(client.send(command)).rejects.toThrow();
  });

  test("of secrets: keys and a project's values fail", async ({ expect }) => {
    const env = envOf(await endpoint(answer));

    const [keys, values] = await Promise.allSettled([
      readClientKeys(createSecretsClient(env), "arn:key"),
      readProjectSecrets(env),
    ]);

    expect(keys.status).toBe("rejected");
    expect(values).toMatchObject({ reason: { message: expect.stringContaining("ONE") as unknown } });
  });
});

test("E10: a webhook's endpoint that never answers: the try has failed", async () => {
  const url = await endpoint(SILENT);
  const sender = createWebhookSender({ hosts: "any", clock: systemClock });

  expect(await sender.send(url, "{}", { timeout: 500 })).toBe("failed");
});
