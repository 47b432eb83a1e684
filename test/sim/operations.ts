/** What each command of the document client does to the table in memory, with DynamoDB's errors. Must not know latency, loss or retries. */
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import {
  type BatchGetCommand,
  type BatchWriteCommand,
  type DeleteCommand,
  type GetCommand,
  PutCommand,
  type QueryCommand,
  type TransactGetCommand,
  type TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Item, Names } from "./expression-tokens.ts";
import type { Key, Page, Refusal, Table, Write } from "./table.ts";

export type Command =
  | GetCommand
  | PutCommand
  | UpdateCommand
  | DeleteCommand
  | QueryCommand
  | BatchGetCommand
  | BatchWriteCommand
  | TransactGetCommand
  | TransactWriteCommand;

interface WriteInput {
  Item?: Item | undefined;
  Key?: Item | undefined;
  UpdateExpression?: string | undefined;
  ConditionExpression?: string | undefined;
  ExpressionAttributeNames?: Names | undefined;
  ExpressionAttributeValues?: Item | undefined;
}

const copyOf = (item: Item | undefined): Item | undefined => item && { ...item };
const keyOf = (item: Item | undefined): Key => ({ pk: String(item?.["pk"]), sk: String(item?.["sk"]) });

const writeOf = (kind: Write["kind"], input: WriteInput): Write => ({
  kind,
  key: keyOf(input.Key ?? input.Item),
  ...(input.Item && { item: input.Item }),
  ...(input.UpdateExpression !== undefined && { update: input.UpdateExpression }),
  ...(input.ConditionExpression !== undefined && { condition: input.ConditionExpression }),
  ...(input.ExpressionAttributeNames && { names: input.ExpressionAttributeNames }),
  ...(input.ExpressionAttributeValues && { values: input.ExpressionAttributeValues }),
});

export function transactWrites(input: TransactWriteCommandInput): Write[] {
  const writes = (input.TransactItems ?? []).map(({ Put, Update, Delete, ConditionCheck }) => {
    if (Put) return writeOf("Put", Put);
    if (Update) return writeOf("Update", Update);
    if (Delete) return writeOf("Delete", Delete);
    return writeOf("ConditionCheck", ConditionCheck ?? {});
  });
  const keys = new Set(writes.map(({ key }) => `${key.pk} ${key.sk}`));
  if (keys.size !== writes.length) throw new Error("ValidationException: one item twice in a transaction");
  if (writes.length > 100) throw new Error("ValidationException: more than 100 items in a transaction");
  return writes;
}

export function writeOne(table: Table, command: PutCommand | UpdateCommand | DeleteCommand, at: number, by: string) {
  const { input } = command;
  const kind = command instanceof PutCommand ? "Put" : command instanceof UpdateCommand ? "Update" : "Delete";
  const write = writeOf(kind, input);
  const refused = table.refusal(write);
  if (refused) throw singleRefusal(refused, input.ReturnValuesOnConditionCheckFailure === "ALL_OLD");
  const after = table.apply(write, at, by);
  table.settle();
  return input.ReturnValues === "ALL_NEW" ? { Attributes: after && { ...after } } : {};
}

function singleRefusal({ code, item }: { code: Refusal; item: Item | undefined }, shown: boolean): Error {
  if (code === "TransactionConflict") return conflict();
  const old = shown && item ? { Item: marshall(item, { removeUndefinedValues: true }) } : {};
  return new ConditionalCheckFailedException({ message: code, $metadata: {}, ...old });
}

/** A single write that met somebody's transaction. */
export const conflict = (): Error => new TransactionConflictException({ message: "conflict", $metadata: {} });

export const canceled = (codes: (Refusal | undefined)[]): Error =>
  new TransactionCanceledException({
    message: "Transaction cancelled",
    $metadata: {},
    CancellationReasons: codes.map((code) => ({ Code: code ?? "None" })),
  });

/** The writes, all of them possible now; throws otherwise. */
export function checked(table: Table, writes: Write[]): Write[] {
  const codes = writes.map((write) => table.refusal(write)?.code);
  if (codes.some((code) => code !== undefined)) throw canceled(codes);
  return writes;
}

export const readOne = (table: Table, { input }: GetCommand, asOf: number) => {
  const Item = table.get(keyOf(input.Key), asOf);
  return Item ? { Item: { ...Item } } : {};
};

export const readPage = (table: Table, { input }: QueryCommand, asOf: number, most: number | undefined): Page => {
  const { Limit } = input;
  const limit = most === undefined ? Limit : Math.min(Limit ?? Infinity, most);
  return table.query(
    { ...(input as Parameters<Table["query"]>[0]), ...(limit !== undefined && { Limit: limit }) },
    asOf,
  );
};

/** The one table of a batch, and what is asked of it. */
export function readBatch(table: Table, { input }: BatchGetCommand, isLeft: () => boolean, asOf: number) {
  const [name = "", { Keys = [] } = { Keys: [] }] = Object.entries(input.RequestItems ?? {})[0] ?? [];
  const left = Keys.filter(isLeft);
  const done = Keys.filter((key) => !left.includes(key));
  return {
    Responses: { [name]: done.flatMap((key) => copyOf(table.get(keyOf(key), asOf)) ?? []) },
    ...(left.length && { UnprocessedKeys: { [name]: { Keys: left } } }),
  };
}

export function readTransaction(table: Table, { input }: TransactGetCommand) {
  const keys = (input.TransactItems ?? []).map(({ Get }) => keyOf(Get?.Key));
  return { Responses: keys.map((key) => ({ Item: copyOf(table.get(key)) })) };
}

export function writeBatch(table: Table, { input }: BatchWriteCommand, isLeft: () => boolean, at: number, by: string) {
  const [name = "", requests = []] = Object.entries(input.RequestItems ?? {})[0] ?? [];
  const left = requests.filter(isLeft);
  for (const request of requests) {
    if (left.includes(request)) continue;
    const { PutRequest, DeleteRequest } = request;
    table.apply(PutRequest ? writeOf("Put", PutRequest) : writeOf("Delete", DeleteRequest ?? {}), at, by);
  }
  table.settle();
  return left.length ? { UnprocessedItems: { [name]: left } } : {};
}
