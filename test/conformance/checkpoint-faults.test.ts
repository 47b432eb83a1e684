/** What DynamoDB leaves undone or does not see yet, by a wrapper around the client: checkpoints are whole all the same. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { randomBytes, randomUUID } from "node:crypto";
import { BatchGetCommand, BatchWriteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { claim, contentOf, headOf, text } from "../support/checkpoints.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let db: TestTable;
beforeAll(async () => {
  db = await startTable();
});
afterAll(async () => {
  await db.stop();
});

type Send = (command: unknown) => Promise<unknown>;

/** A store whose requests pass through `act`; `send` is the real one. */
function storeWith(act: (command: unknown, send: Send) => Promise<unknown>) {
  const send = db.client.send.bind(db.client) as Send;
  const client = { send: (command: unknown) => act(command, send) };
  return createCheckpointStore({ client: client as unknown as TestTable["client"], table: db.table, clock: db.clock });
}

/** Does the first half of each batch, and names the rest as not done, as a throttled table does. */
const half: Parameters<typeof storeWith>[0] = async (command, send) => {
  if (command instanceof BatchWriteCommand) {
    const requests = command.input.RequestItems?.[db.table] ?? [];
    const done = Math.ceil(requests.length / 2);
    await send(new BatchWriteCommand({ RequestItems: { [db.table]: requests.slice(0, done) } }));
    return done < requests.length ? { UnprocessedItems: { [db.table]: requests.slice(done) } } : {};
  }
  if (command instanceof BatchGetCommand) {
    const { Keys = [], ...how } = command.input.RequestItems?.[db.table] ?? {};
    const done = Math.ceil(Keys.length / 2);
    const answer = await send(
      new BatchGetCommand({ RequestItems: { [db.table]: { ...how, Keys: Keys.slice(0, done) } } }),
    );
    const left = done < Keys.length ? { UnprocessedKeys: { [db.table]: { ...how, Keys: Keys.slice(done) } } } : {};
    return { ...(answer as object), ...left };
  }
  return send(command);
};

it("batches of which a part is left undone are finished", async () => {
  const store = storeWith(half);
  const thread = randomUUID();
  const copy = randomUUID();
  const big = { type: "bytes", elements: [randomBytes(2_000_000)] };
  for (let step = 0; step < 40; step++)
    await store.putHead(headOf(thread, `c${step}`, { channels: { small: text(`${step}`) } }));
  await store.putHead(headOf(thread, "d", { channels: { big, list: text("x".repeat(3_000)) } }));

  const read = await storeWith(half).head(thread, "");
  await store.copy(thread, copy);
  await store.remove(thread);

  expect(Buffer.concat(read?.channels["big"]?.elements ?? []).equals(big.elements[0] ?? Buffer.of())).toBe(true);
  expect(await store.head(thread, "")).toBeUndefined();
  const copied: string[] = [];
  for await (const head of createCheckpointStore(db).heads(copy, {})) copied.push(head.checkpoint_id);
  expect(copied).toHaveLength(41);
});

it("a batch that never ends is an error, and no head refers to what is missing", async () => {
  const store = storeWith(async (command, send) => {
    if (!(command instanceof BatchWriteCommand)) return send(command);
    return { UnprocessedItems: command.input.RequestItems };
  });
  const thread = randomUUID();
  const big = { type: "bytes", elements: [randomBytes(800_000)] };

  await expect(store.putHead(headOf(thread, "c1", { channels: { big } }))).rejects.toThrow(/undone/);

  expect(await createCheckpointStore(db).head(thread, "")).toBeUndefined();
});

it("a segment that an eventually consistent read does not find yet is read again consistently", async () => {
  const thread = randomUUID();
  const list = text("x".repeat(5_000));
  const other = text("y".repeat(5_000));
  await createCheckpointStore(db).putHead(headOf(thread, "c1", { channels: { list } }));
  await createCheckpointStore(db).putHead(headOf(thread, "c2", { channels: { list, other } }));
  const late = storeWith(async (command, send) => {
    if (command instanceof GetCommand && !command.input.ConsistentRead) return {};
    if (command instanceof BatchGetCommand && !command.input.RequestItems?.[db.table]?.ConsistentRead)
      return { Responses: {} };
    return send(command);
  });

  expect(contentOf((await late.head(thread, "", "c1"))?.channels["list"])).toBe(contentOf(list));
  expect(contentOf((await late.head(thread, "", "c2"))?.channels["other"])).toBe(contentOf(other));
});

it("a put whose answer was lost is repeated without harm, also that of a segment", async () => {
  const thread = randomUUID();
  let lose = true;
  const store = storeWith(async (command, send) => {
    const answer = await send(command);
    if (lose) {
      lose = false;
      throw new Unclear("the answer was lost");
    }
    return answer;
  });
  const head = headOf(thread, "c1", { claim: claim(1, 1), channels: { list: text("x".repeat(5_000)) } });

  await expect(store.putHead(head)).rejects.toThrow("lost");
  lose = true;
  await expect(store.putHead(head)).rejects.toThrow("lost");
  await store.putHead(head);

  expect(contentOf((await createCheckpointStore(db).head(thread, ""))?.channels["list"])).toHaveLength(5_000);
});
