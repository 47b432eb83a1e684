/**
 * A document client for the table with lib-dynamodb's commands, over a DynamoDBClient that prepares each operation once. lib-dynamodb's own
 * client prepares every call from scratch, which is a third of a call's CPU.
 */
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand as QueryItemsCommand,
  type QueryCommandInput,
  SearchVectorsCommand as SearchVectorItemsCommand,
  type SearchVectorsCommandInput,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  SearchVectorsCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { type Attributes, type Fields, fromAttributes, toAttribute, toAttributes } from "./attribute-values.ts";
import { classified } from "./classify-failures.ts";

/** A command of lib-dynamodb that answers `O`. */
export interface DocumentCommand<O> {
  readonly input: object;
  resolveMiddleware(...args: never): (...args: never) => Promise<{ output: O }>;
}

export class TableClient {
  /** For operations on whole tables, and to add middleware. */
  readonly client: DynamoDBClient;

  /** @param client with `cacheMiddleware`: it prepares an operation at its first call */
  constructor(client: DynamoDBClient) {
    this.client = client;
  }

  /** @throws Unclear or Impossible, with the SDK's exception as its cause: an item in that one is still attribute values */
  async send<O>(command: DocumentCommand<O>): Promise<O> {
    try {
      const operation = OPERATIONS.get(command.constructor);
      if (!operation) throw new TypeError(`${command.constructor.name} is no command of the table`);
      const output = await operation.call(this.client, convertIn(command.input, operation.asked, toRow));
      return convertIn(output, operation.answered, fromRow) as O;
    } catch (error) {
      throw classified(error);
    }
  }

  destroy(): void {
    this.client.destroy();
  }
}

/** Where a request or an answer contains rows, or single values: here, in each element, or in named fields. */
type Shape = "row" | "value" | { each: Shape } | { [field: string]: Shape };

const inFields = (...fields: string[]): { [field: string]: Shape } =>
  Object.fromEntries(fields.map((field) => [field, "row"]));
const write = inFields("Item", "Key", "ExpressionAttributeValues");
const written = inFields("Attributes");
const ofTables = (rows: Shape): Shape => ({ each: rows });

interface Operation {
  asked: { [field: string]: Shape };
  answered: { [field: string]: Shape };
  /** @param input of the command, with rows as attribute values */
  call(client: DynamoDBClient, input: object): Promise<object>;
}

const OPERATIONS = new Map<unknown, Operation>([
  [
    GetCommand,
    {
      asked: inFields("Key"),
      answered: inFields("Item"),
      call: (client, input: GetItemCommandInput) => client.send(new GetItemCommand(input)),
    },
  ],
  [
    PutCommand,
    {
      asked: write,
      answered: written,
      call: (client, input: PutItemCommandInput) => client.send(new PutItemCommand(input)),
    },
  ],
  [
    UpdateCommand,
    {
      asked: write,
      answered: written,
      call: (client, input: UpdateItemCommandInput) => client.send(new UpdateItemCommand(input)),
    },
  ],
  [
    DeleteCommand,
    {
      asked: write,
      answered: written,
      call: (client, input: DeleteItemCommandInput) => client.send(new DeleteItemCommand(input)),
    },
  ],
  [
    QueryCommand,
    {
      asked: inFields("ExclusiveStartKey", "ExpressionAttributeValues"),
      answered: { Items: { each: "row" }, LastEvaluatedKey: "row" },
      call: (client, input: QueryCommandInput) => client.send(new QueryItemsCommand(input)),
    },
  ],
  [
    SearchVectorsCommand,
    {
      asked: { ExpressionAttributeValues: "row", SearchVector: { each: "value" } },
      answered: { SearchResults: { each: inFields("Item") } },
      call: (client, input: SearchVectorsCommandInput) => client.send(new SearchVectorItemsCommand(input)),
    },
  ],
  [
    TransactWriteCommand,
    {
      asked: { TransactItems: { each: { each: write } } },
      answered: {},
      call: (client, input: TransactWriteItemsCommandInput) => client.send(new TransactWriteItemsCommand(input)),
    },
  ],
  [
    BatchGetCommand,
    {
      asked: { RequestItems: ofTables({ Keys: { each: "row" } }) },
      answered: { Responses: ofTables({ each: "row" }), UnprocessedKeys: ofTables({ Keys: { each: "row" } }) },
      call: (client, input: BatchGetItemCommandInput) => client.send(new BatchGetItemCommand(input)),
    },
  ],
  [
    BatchWriteCommand,
    {
      asked: { RequestItems: ofTables({ each: { each: write } }) },
      answered: { UnprocessedItems: ofTables({ each: { each: write } }) },
      call: (client, input: BatchWriteItemCommandInput) => client.send(new BatchWriteItemCommand(input)),
    },
  ],
]);

const toRow = (row: unknown): unknown => toAttributes(row as Fields);
const fromRow = (row: unknown): unknown => fromAttributes(row as Attributes);

/** Copies with all rows converted. */
function convert(value: unknown, shape: Shape, row: (row: unknown) => unknown): unknown {
  if (shape === "row") return row(value);
  if (shape === "value") return toAttribute(value);
  if (typeof value !== "object" || value === null) return value;
  const { each } = shape;
  if (each === undefined) return convertIn(value, shape, row);
  if (Array.isArray(value)) return value.map((one: unknown) => convert(one, each, row));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, convert(one, each, row)]));
}

function convertIn(fields: object, shape: { [field: string]: Shape }, row: (row: unknown) => unknown): object {
  const converted: Record<string, unknown> = { ...fields };
  for (const [field, inner] of Object.entries(shape))
    if (converted[field] !== undefined) converted[field] = convert(converted[field], inner, row);
  return converted;
}
