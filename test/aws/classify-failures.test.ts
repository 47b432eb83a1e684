/** Which failures of the table are repeated. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBServiceException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { classified } from "../../functions/aws/table/classify-failures.ts";
import { createTableClient } from "../../functions/aws/table/clients.ts";
import { type Item, readBatch, writeBatch } from "../../functions/aws/table/item-batches.ts";
import { systemClock as clock } from "../../functions/host/clock-and-ids.ts";
import { Impossible, Unclear } from "../../functions/core/failure/failure.ts";
import { envAt } from "./env-at.ts";

const metadata = { $metadata: {}, message: "said by the table" };
const service = (name: string): DynamoDBServiceException =>
  new DynamoDBServiceException({ ...metadata, name, $fault: "client" });
const canceled = (...codes: string[]): TransactionCanceledException =>
  new TransactionCanceledException({ ...metadata, CancellationReasons: codes.map((Code) => ({ Code })) });

it.each([
  service("ValidationException"),
  service("AccessDeniedException"),
  service("ResourceNotFoundException"),
  canceled("None", "ValidationError"),
  canceled("ConditionalCheckFailed", "ValidationError"),
  new TypeError("Cannot read properties of undefined"),
  new RangeError("Invalid string length"),
])("%s is impossible: repeating it is wrong", (error) => {
  const thrown = classified(error);

  expect(thrown).toBeInstanceOf(Impossible);
  expect(thrown).toMatchObject({ cause: error });
});

it.each(["AccessDeniedException", "ResourceNotFoundException"])(
  "%s: clients are told its name, logs its text, which may name a role and a table",
  (name) => {
    const message = "User: arn:aws:sts::123456789012:assumed-role/worker is not authorized";
    const thrown = classified(new DynamoDBServiceException({ $metadata: {}, name, message, $fault: "client" }));

    expect((thrown as Error).message).toBe(`the table refuses it: ${name}`);
    expect(String(thrown)).toBe(`Impossible: the table refuses it: ${name} (${message})`);
  },
);

it("an item that is too large: clients are told the table's text", () => {
  const thrown = classified(service("ValidationException"));

  expect((thrown as Error).message).toBe("the table refuses it: said by the table");
  expect(String(thrown)).toBe("Impossible: the table refuses it: said by the table");
});

it.each([
  service("InternalServerError"),
  service("ThrottlingException"),
  service("ProvisionedThroughputExceededException"),
  service("ExpiredTokenException"),
  canceled("None", "ThrottlingError"),
  canceled("TransactionConflict", "None"),
  Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
  Object.assign(new Error("time-out"), { name: "TimeoutError" }),
])("%s is unclear: the same again is right", (error) => {
  const thrown = classified(error);

  expect(thrown).toBeInstanceOf(Unclear);
  expect(thrown).toMatchObject({ cause: error });
});

/** What the client throws, with the real SDK, if each request is answered so. */
async function thrownFor(status: number, body: string): Promise<unknown> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status).end(body));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createTableClient(envAt(url));
  try {
    return await client
      .send(new GetCommand({ TableName: "table", Key: { pk: "a", sk: "b" } }))
      .catch((e: unknown) => e);
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

it.each([
  [502, "<html>Bad Gateway</html>"],
  [503, "<html>Service Unavailable</html>"],
  [403, "<html>the proxy's own page</html>"],
  [200, '{"Item":{"pk":{"S":"half an ans'],
])("what cannot be read, %i %s, says nothing of the call: unclear", async (status, body) => {
  expect(await thrownFor(status, body)).toBeInstanceOf(Unclear);
});

test("a batch of which a throttled table leaves a part undone is unclear, not refused", async () => {
  const key = { pk: "a", sk: "b" };
  const undone = { Responses: {}, UnprocessedKeys: { t: { Keys: [key] } }, UnprocessedItems: { t: [{}] } };
  const table = { client: { send: <O>() => Promise.resolve(undone as O) }, table: "t", clock };
  const item: Item = key;

  await Promise.all([
    expect(readBatch(table, [key], true)).rejects.toBeInstanceOf(Unclear),
    expect(writeBatch(table, [{ put: item }])).rejects.toBeInstanceOf(Unclear),
  ]);
});
