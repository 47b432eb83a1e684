/** Our connection to the table's emulator, under the SDK's client: with the emulator, and with a server that misbehaves. */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { readEnv } from "../../functions/aws/env.ts";
import { createTableClient } from "../../functions/aws/table/clients.ts";
import { createTableWire } from "../../local/table-wire.ts";
import { TABLE_CONNECTIONS } from "../../local/timings.ts";
import { AnswerReader, type WireAnswer } from "../../local/wire-answers.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const clientOf = (endpoint: string) => {
  const env = readEnv({
    THREADLINE_TABLE_NAME: "test",
    THREADLINE_QUEUE_URL: "unused",
    THREADLINE_PROJECT_DIR: "unused",
    THREADLINE_AUTH: "none",
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const client = createTableClient(env, createTableWire(endpoint));
  onTestFinished(() => client.destroy());
  return client;
};
const key = (n: number) => ({ pk: "wire", sk: String(n) });

test("many calls side by side: each has its own answer, large ones and refused ones, too", async () => {
  const client = clientOf(table.endpoint);
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  const put = (n: number) =>
    client.send(
      new PutCommand({
        TableName: table.table,
        Item: { ...key(n), n, d: new Uint8Array(n % 10 === 0 ? 300_000 : 1) },
        ConditionExpression: "attribute_not_exists(pk)",
      }),
    );
  await Promise.all(numbers.map(put));

  const refused = await Promise.allSettled(numbers.map(put));
  const read = await Promise.all(
    numbers.map((n) => client.send(new GetCommand({ TableName: table.table, Key: key(n) }))),
  );

  expect(read.map(({ Item }) => Item?.["n"])).toEqual(numbers);
  for (const result of refused)
    expect(result).toMatchObject({
      status: "rejected",
      reason: { name: "Unclear", cause: { name: "ConditionalCheckFailedException" } },
    });
});

/** A server whose first connections each get one answer of the list; later ones reach the table. */
async function serverThat(...answers: ((socket: Socket) => void)[]): Promise<string> {
  const { hostname, port } = new URL(table.endpoint);
  const { connect } = await import("node:net");
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    const answer = answers.shift();
    if (answer) socket.once("data", () => answer(socket));
    else socket.pipe(connect(Number(port), hostname).on("error", () => undefined)).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ["closed", (socket: Socket) => void socket.end()],
  ["broken", (socket: Socket) => void socket.resetAndDestroy()],
  ["no HTTP", (socket: Socket) => void socket.write("SSH-2.0-OpenSSH\r\n\r\n")],
  ["of unknown length", (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")],
])("a connection that is %s is replaced, and what was under way on it is repeated by the SDK", async (_, answer) => {
  const client = clientOf(await serverThat(answer));

  await client.send(new PutCommand({ TableName: table.table, Item: { ...key(1_000), n: 1 } }));
  const { Item } = await client.send(new GetCommand({ TableName: table.table, Key: key(1_000) }));

  expect(Item?.["n"]).toBe(1);
});

test("no more connections than are meant", async () => {
  let connections = 0;
  const count = (socket: Socket): void => {
    connections++;
    socket.on("data", () => undefined);
  };
  const endpoint = await serverThat(...Array.from({ length: 50 }, () => count));
  const client = clientOf(endpoint);

  const calls = Array.from({ length: 50 }, () =>
    client.send(new GetCommand({ TableName: table.table, Key: key(1) })).catch(() => undefined),
  );
  await expect.poll(() => connections).toBe(TABLE_CONNECTIONS);
  client.destroy();
  await Promise.all(calls);
});

test("answers are read however they are cut", () => {
  const text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b:c\r\n\r\nhello";
  const bytes = Buffer.from(text + text.replace("200", "400").replace("hello", "world"));
  for (const size of [1, 7, 50, bytes.length]) {
    const answers: WireAnswer[] = [];
    const reader = new AnswerReader((answer) => answers.push(answer));
    for (let at = 0; at < bytes.length; at += size) expect(reader.read(bytes.subarray(at, at + size))).toBeUndefined();

    expect(answers.map(({ statusCode, body }) => `${statusCode} ${Buffer.from(body).toString()}`)).toEqual([
      "200 hello",
      "400 world",
    ]);
    expect(answers[0]?.headers).toEqual({ "content-length": "5", "x-a": "b:c" });
  }
});
