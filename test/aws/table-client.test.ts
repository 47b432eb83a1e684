/** The table's client against the SDK's own document client: the same commands, the same answers, on the emulator. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { fromAttributes, toAttributes } from "../../functions/aws/table/attribute-values.ts";
import type { DocumentCommand } from "../../functions/aws/table/table-client.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let table: TestTable;
let documents: DynamoDBDocumentClient;
beforeAll(async () => {
  table = await startTable();
  const client = new DynamoDBClient({
    region: "us-east-1",
    endpoint: table.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
});
afterAll(async () => {
  documents.destroy();
  await table.stop();
});

const ROW = {
  text: "ä😀",
  empty: "",
  number: -1.5,
  large: 1_784_000_000_123,
  yes: true,
  no: false,
  nothing: null,
  bytes: Buffer.from([0, 255, 10]),
  list: [1, "two", { three: [3] }],
  map: { deep: { deeper: Buffer.from("x") }, empty: {} },
  absent: undefined,
};

/** The same commands for both clients, each in a partition of its own. */
const commands = (TableName: string, pk: string): DocumentCommand<object>[] => {
  const key = (sk: string) => ({ pk, sk });
  return [
    new PutCommand({ TableName, Item: { ...key("1"), ...ROW }, ConditionExpression: "attribute_not_exists(pk)" }),
    new GetCommand({ TableName, Key: key("1"), ConsistentRead: true }),
    new GetCommand({ TableName, Key: key("none") }),
    new UpdateCommand({
      TableName,
      Key: key("1"),
      UpdateExpression: "SET #n = :n REMOVE #t",
      ExpressionAttributeNames: { "#n": "number", "#t": "text" },
      ExpressionAttributeValues: { ":n": 7 },
      ReturnValues: "ALL_NEW",
    }),
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: { ...key("2"), ...ROW } } },
        {
          Update: {
            TableName,
            Key: key("1"),
            UpdateExpression: "SET a = :a",
            ExpressionAttributeValues: { ":a": { b: 1 } },
          },
        },
      ],
    }),
    new BatchWriteCommand({
      RequestItems: {
        [TableName]: [{ PutRequest: { Item: { ...key("3"), ...ROW } } }, { DeleteRequest: { Key: key("none") } }],
      },
    }),
    new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [key("3"), key("none")], ConsistentRead: true } } }),
    new QueryCommand({
      TableName,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
      Limit: 1,
    }),
    new QueryCommand({
      TableName,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
      ExclusiveStartKey: key("1"),
    }),
    new DeleteCommand({ TableName, Key: key("1"), ReturnValues: "ALL_OLD" }),
  ];
};

/** The emulator gives fields in no order. */
const plain = (answer: object): object =>
  JSON.parse(JSON.stringify({ ...answer, $metadata: undefined }).replaceAll(/"pk":"[^"]*"/g, '"pk":"…"')) as object;

test("each command is answered as the document client of the SDK answers it", async () => {
  const ours: object[] = [];
  const theirs: object[] = [];
  for (const command of commands(table.table, "ours")) ours.push(plain(await table.client.send(command)));
  for (const command of commands(table.table, "theirs"))
    theirs.push(plain(await documents.send(command as GetCommand)));

  expect(ours).toEqual(theirs);
  expect(ours[1]).toMatchObject({ Item: { map: { deep: { deeper: { "0": "x".charCodeAt(0) } } } } });
});

test("the cause of a failed condition is the SDK's exception, with the item as attribute values", async () => {
  const Item = { pk: "condition", sk: "1", n: 1 };
  const put = () =>
    table.client.send(
      new PutCommand({
        TableName: table.table,
        Item,
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  await put();

  await expect(put()).rejects.toMatchObject({
    name: "Unclear",
    cause: { name: "ConditionalCheckFailedException", Item: toAttributes(Item) },
  });
});

test("calls side by side do not mix: each operation is prepared once for all", async () => {
  const numbers = Array.from({ length: 50 }, (_, n) => n);
  const key = (n: number) => ({ pk: "side by side", sk: String(n) });
  await Promise.all(
    numbers.map((n) => table.client.send(new PutCommand({ TableName: table.table, Item: { ...key(n), n } }))),
  );

  const read = await Promise.all(
    numbers.map((n) => table.client.send(new GetCommand({ TableName: table.table, Key: key(n) }))),
  );
  expect(read.map(({ Item }) => Item?.["n"])).toEqual(numbers);
});

test("a command that no row needs is refused before it is sent", async () => {
  await expect(table.client.send(new ScanCommand({ TableName: table.table }))).rejects.toThrow(/ScanCommand/);
});

test("rows survive the way there and back; what is no value of a row is refused", () => {
  const { absent: _absent, ...there } = ROW;

  expect(fromAttributes(toAttributes(ROW))).toEqual(there);
  for (const wrong of [Number.NaN, 1n, Symbol("s"), () => 1]) expect(() => toAttributes({ wrong })).toThrow(TypeError);
  expect(() => fromAttributes({ set: { SS: ["a"] } })).toThrow(/SS/);
});
