/** Rules that live in a request: its condition, its key, what its answer is taken for. Each function takes one rule out. */
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Item } from "./expression-tokens.ts";
import type { Send } from "./flaky-client.ts";
import type { Command } from "./operations.ts";
import type { Switches } from "./switches.ts";

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];
type RunUpdate = NonNullable<TransactItem["Update"]>;

const rewriting = (change: (command: Command) => Command): Switches => ({
  send: (next) => (command) => next(change(command)),
});

const inTransactions =
  (change: (item: TransactItem, all: TransactItem[]) => TransactItem): ((command: Command) => Command) =>
  (command) => {
    if (!(command instanceof TransactWriteCommand)) return command;
    const items = command.input.TransactItems ?? [];
    return new TransactWriteCommand({ ...command.input, TransactItems: items.map((item) => change(item, items)) });
  };

const pkOf = (item: TransactItem): string => String(item.Put?.Item?.["pk"] ?? item.Update?.Key?.["pk"]);
const skOf = (item: TransactItem): string => String(item.Put?.Item?.["sk"] ?? item.Update?.Key?.["sk"]);
const isThread = (item: Item | undefined): boolean => String(item?.["pk"]).startsWith("T#") && item?.["sk"] === "A";
const isClaim = (command: Command): command is UpdateCommand =>
  command instanceof UpdateCommand && command.input.ExpressionAttributeValues?.[":set_owner"] !== undefined;

/** The condition without one part, and without the names and values that only it has used. */
function withoutPart<T extends RunUpdate | UpdateCommand["input"]>(input: T, part: RegExp): T {
  const left = input.ConditionExpression?.replace(part, "").trim();
  const ConditionExpression = left === "" ? undefined : left;
  const text = `${ConditionExpression} ${input.UpdateExpression}`;
  const used = <V>(all: Record<string, V> | undefined) =>
    Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => text.match(/[#:]\w+/g)?.includes(name)));
  return {
    ...input,
    ConditionExpression,
    ExpressionAttributeNames: used(input.ExpressionAttributeNames),
    ExpressionAttributeValues: used(input.ExpressionAttributeValues),
  };
}

const withoutPartAnywhere = (part: RegExp): Switches =>
  rewriting((command) => {
    if (command instanceof UpdateCommand) return new UpdateCommand(withoutPart(command.input, part));
    return inTransactions((item) => (item.Update ? { Update: withoutPart(item.Update, part) } : item))(command);
  });

/** What a refused claim is answered with, changed before the adapter sees it. */
const onRefusedClaim = (change: (refusal: ConditionalCheckFailedException, owner: unknown) => void): Switches => ({
  send: (next) => async (command) => {
    try {
      return await next(command);
    } catch (error) {
      if (isClaim(command) && error instanceof ConditionalCheckFailedException)
        change(error, command.input.ExpressionAttributeValues?.[":set_owner"]);
      throw error;
    }
  },
});

export const refusedClaimSaysNothing = onRefusedClaim((refusal) => delete refusal.Item);

export const refusedClaimGuessesOpening = onRefusedClaim(({ Item }, owner) => {
  if (Item && Item["owner"]?.S === owner) Item["opening"] = { S: Item["attempt"]?.N === "1" ? "first" : "epoch" };
});

export const conditionsByOwner = withoutPartAnywhere(/AND #owner = :owner/);

/** The finish's condition is two, the second about the cancel. */
export const finishConditionalOnCancel = withoutPartAnywhere(
  /AND \((attribute_not_exists\(#cancel\)|#cancel = :seen_cancel)\)/,
);

export const createOnThreadRevision = rewriting(
  inTransactions((item, all) => {
    const isCreate = all.some((one) => pkOf(one).startsWith("P#"));
    if (!isCreate || !item.Put || !isThread(item.Put.Item) || item.Put.ConditionExpression !== "rev = :seen_rev")
      return item;
    const { ConditionExpression: _dropped, ExpressionAttributeValues: _unused, ...put } = item.Put;
    return { Put: put };
  }),
);

export const closedEpochsHideHeads: Switches = {
  send: (next) => async (command) => {
    const answer = await next(command);
    if (!(command instanceof QueryCommand)) return answer;
    const { Items, ...rest } = answer as { Items: Item[] };
    return {
      ...rest,
      Items: Items.filter(({ pk, sk }) => !(String(pk).startsWith("C#") && String(sk).startsWith("E#"))),
    };
  },
};

const isClosing = (item: Item | undefined): item is Item => String(item?.["sk"]).startsWith("E#");
/** Nothing says that writes need a stamp. */
export const sealedClaimsHideWrites = rewriting((command) => {
  const open = ({ from: _from, ...item }: Item): Item => item;
  if (command instanceof PutCommand && isClosing(command.input.Item))
    return new PutCommand({ ...command.input, Item: open(command.input.Item) });
  return inTransactions((item) =>
    item.Put && isClosing(item.Put.Item) ? { Put: { ...item.Put, Item: open(item.Put.Item) } } : item,
  )(command);
});

/** The transaction that deletes a run leaves its claims as they are. */
export const deletedRunIsClosed = rewriting((command) => {
  if (!(command instanceof TransactWriteCommand)) return command;
  const items = command.input.TransactItems ?? [];
  const deletes = items.some(({ Update }) =>
    Object.values(Update?.ExpressionAttributeValues ?? {}).includes("deleted"),
  );
  if (!deletes || items.some(({ Put }) => String(Put?.Item?.["pk"]).startsWith("L#"))) return command;
  return new TransactWriteCommand({ TransactItems: items.filter(({ Put }) => !isClosing(Put?.Item)) });
});

export const pendingWritesPerClaim = rewriting((command) => {
  const sk = command instanceof UpdateCommand ? String(command.input.Key?.["sk"]) : "";
  if (!(command instanceof UpdateCommand) || !sk.startsWith("W#")) return command;
  const parts = sk.split("#");
  parts[4] = "-";
  const { input } = command;
  const { ":c": _claim, ...values } = input.ExpressionAttributeValues ?? {};
  return new UpdateCommand({
    ...input,
    Key: { ...input.Key, sk: parts.join("#") },
    UpdateExpression: input.UpdateExpression?.replace(", c = :c", ""),
    ExpressionAttributeValues: values,
  });
});

export const deleteLeavesTombstone = rewriting((command) => {
  const gone = (item: Item | undefined): boolean =>
    isThread(item) && item?.["deleted"] === true && item["temporary"] !== true;
  const keyOf = (item: Item | undefined) => ({ pk: item?.["pk"], sk: item?.["sk"] });
  if (command instanceof PutCommand && gone(command.input.Item)) {
    const { Item: item, ...condition } = command.input;
    return new DeleteCommand({ ...condition, Key: keyOf(item) });
  }
  return inTransactions(({ Put, ...rest }) => {
    if (!Put || !gone(Put.Item)) return Put ? { Put } : rest;
    const { Item: item, ...condition } = Put;
    return { Delete: { ...condition, Key: keyOf(item) } };
  })(command);
});

/** Of the ends that a claim does not precede, told by their owner (port-switches.ts). */
export const UNCLAIMED = "unclaimed";
export const endsUnclaimed = rewriting(
  inTransactions((item) => {
    const owner = item.Update?.ExpressionAttributeValues?.[":owner"];
    if (!item.Update || typeof owner !== "string" || !owner.startsWith(UNCLAIMED)) return item;
    return { Update: withoutPart(item.Update, /.*/) };
  }),
);

/** The next run becomes active by a second transaction. */
export const promoteInFinish: Switches = {
  send: (next) => async (command) => {
    if (!(command instanceof TransactWriteCommand)) return next(command);
    const items = command.input.TransactItems ?? [];
    const isNext = (item: TransactItem): boolean =>
      item.Update?.ExpressionAttributeValues?.[":set_log_start"] !== undefined ||
      (pkOf(item).startsWith("L#") && String(item.Put?.Item?.["i"]).endsWith(".first"));
    const thread = items.find((item) => isThread(item.Put?.Item))?.Put;
    if (!thread?.Item || items.filter(isNext).length !== 2 || !items.some((item) => skOf(item).startsWith("E#")))
      return next(command);
    return promoteLater(next, items, { thread, isNext });
  },
};

async function promoteLater(
  next: Send,
  items: TransactItem[],
  { thread, isNext }: { thread: NonNullable<TransactItem["Put"]>; isNext: (item: TransactItem) => boolean },
): Promise<unknown> {
  const row = thread.Item ?? {};
  const queue = [row["active_run"], ...(row["queue"] as unknown[])];
  const idle = { ...row, active_run: null, status: "idle", queue, log_tail: Number(row["log_tail"]) - 1 };
  const finish = items
    .filter((item) => !isNext(item))
    .map((item) => (item.Put === thread ? { Put: { ...thread, Item: idle } } : item));
  const answer = await next(new TransactWriteCommand({ TransactItems: finish }));
  const rev = Number(row["rev"]);
  const active = {
    TableName: thread.TableName,
    Item: { ...row, rev: rev + 1 },
    ConditionExpression: "rev = :seen_rev",
    ExpressionAttributeValues: { ":seen_rev": rev },
  };
  await next(new TransactWriteCommand({ TransactItems: [{ Put: active }, ...items.filter(isNext)] }));
  return answer;
}
