/** The table in memory against the emulator: the same requests in the same order, the same answers. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { TableClient } from "../../functions/aws/table/table-client.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { createDice, type Dice } from "./dice.ts";
import { checked, type Command, readOne, readPage, transactWrites, writeOne } from "./operations.ts";
import { Table } from "./table.ts";

let emulator: TestTable;
beforeAll(async () => {
  emulator = await startTable();
});
afterAll(() => emulator.stop());

const PARTITIONS = ["T#1", "T#2"] as const;
const SORTS = ["A", "R#1", "R#2", "R#3"] as const;

const keyFrom = (dice: Dice) => ({ pk: dice.pick(PARTITIONS), sk: dice.pick(SORTS) });

/** Attributes of several types, some missing. */
const fieldsFrom = (dice: Dice) => ({
  rev: dice.below(3),
  ...(dice.chance(0.6) && { status: dice.pick(["pending", "running", "success"]) }),
  ...(dice.chance(0.5) && { handed: dice.chance(0.5) }),
  ...(dice.chance(0.3) && { queue: ["a", "b"].slice(dice.below(2)), at: null }),
  ...(dice.chance(0.3) && { payload: new Uint8Array([dice.below(4)]) }),
});

interface Condition {
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

/** Of the shapes that the adapters use. */
const conditionFrom = (dice: Dice): Condition =>
  dice.pick<Condition>([
    {},
    { ConditionExpression: "attribute_not_exists(pk)" },
    { ConditionExpression: "rev = :rev", ExpressionAttributeValues: { ":rev": dice.below(3) } },
    { ConditionExpression: "attribute_not_exists(rev) OR rev <= :most", ExpressionAttributeValues: { ":most": 1 } },
    {
      ConditionExpression: "(#status IN (:pending, :running) AND handed = :no) AND (attribute_not_exists(#queue))",
      ExpressionAttributeNames: { "#status": "status", "#queue": "queue" },
      ExpressionAttributeValues: { ":pending": "pending", ":running": "running", ":no": false },
    },
    {
      ConditionExpression: "NOT begins_with(#status, :p) AND rev BETWEEN :low AND :high",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":p": "p", ":low": 1, ":high": 2 },
    },
  ]);

const updateFrom = (dice: Dice) => {
  const { ExpressionAttributeValues = {}, ...condition } = conditionFrom(dice);
  const UpdateExpression = dice.pick([
    "SET rev = :new, who = if_not_exists(who, :me) REMOVE handed, payload",
    "SET who = :me, rev = :new",
  ]);
  return {
    Key: keyFrom(dice),
    UpdateExpression,
    ...condition,
    ExpressionAttributeValues: { ...ExpressionAttributeValues, ":new": dice.below(3), ":me": dice.hex(2) },
  };
};

function commandFrom(dice: Dice, TableName: string): Command {
  const put = () => ({ TableName, Item: { ...keyFrom(dice), ...fieldsFrom(dice) }, ...conditionFrom(dice) });
  const old = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
  switch (dice.below(6)) {
    case 0:
      return new PutCommand({ ...put(), ...old });
    case 1:
      return new UpdateCommand({ TableName, ...updateFrom(dice), ...old, ReturnValues: "ALL_NEW" });
    case 2:
      return new DeleteCommand({ TableName, Key: keyFrom(dice), ...conditionFrom(dice) });
    case 3:
      return new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        FilterExpression: "rev > :none",
        ExpressionAttributeValues: { ":pk": dice.pick(PARTITIONS), ":from": "A", ":to": "R#2", ":none": 0 },
        ScanIndexForward: dice.chance(0.5),
        Limit: 1 + dice.below(4),
      });
    case 4:
      return new GetCommand({ TableName, Key: keyFrom(dice) });
    default: {
      const [first, second] = [put(), { TableName, ...updateFrom(dice) }];
      const isOne = first.Item.pk === second.Key.pk && first.Item.sk === second.Key.sk;
      return new TransactWriteCommand({
        TransactItems: isOne ? [{ Put: first }] : [{ Put: first }, { Update: second }],
      });
    }
  }
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, of: unknown) => (of instanceof Uint8Array ? [...of] : of)) ?? "null");

/** What a caller sees of an answer or an error. */
async function answerOf(call: () => unknown): Promise<unknown> {
  try {
    const answer = (await call()) as Record<string, unknown>;
    const { Attributes, Item, Items, LastEvaluatedKey } = answer;
    return plain({ Attributes, Item, Items, LastEvaluatedKey });
  } catch (thrown) {
    const error = thrown instanceof Unclear ? thrown.cause : thrown;
    if (error instanceof ConditionalCheckFailedException)
      return plain({ refused: error.Item ? unmarshall(error.Item) : undefined });
    if (error instanceof TransactionCanceledException)
      return { canceled: error.CancellationReasons?.map(({ Code }) => Code) };
    throw error;
  }
}

function carryOut(table: Table, command: Command): unknown {
  if (command instanceof GetCommand) return readOne(table, command, Infinity);
  if (command instanceof QueryCommand) return readPage(table, command, Infinity, undefined);
  if (command instanceof TransactWriteCommand) {
    for (const write of checked(table, transactWrites(command.input))) table.apply(write, 0, "test");
    return {};
  }
  return writeOne(table, command as Parameters<typeof writeOne>[1], 0, "test");
}

describe("the simulated table", () => {
  it("answers as the emulator does", async () => {
    const table = new Table();
    const dice = createDice(1);
    const client: Pick<TableClient, "send"> = emulator.client;
    const differences: unknown[] = [];
    let refused = 0;

    for (let n = 0; n < 600; n++) {
      const command = commandFrom(dice, emulator.table);
      const expected = await answerOf(() => client.send(command as GetCommand));
      const answer = await answerOf(() => carryOut(table, command));
      if (JSON.stringify(expected).match(/refused|canceled/)) refused++;
      if (JSON.stringify(sorted(answer)) !== JSON.stringify(sorted(expected)))
        differences.push({ n, input: command.input, expected, answer });
    }

    expect(differences).toEqual([]);
    expect(refused).toBeGreaterThan(50);
  });
});

/** Attributes have no order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, of]) => [name, sorted(of)]),
  );
}
