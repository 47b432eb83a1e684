/** What a short run writes into the indexes, in write units: each is a cost of every run. */
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { createThread } from "../../functions/core/thread/create-thread.ts";
import { ThreadCreate } from "../../functions/protocol/thread.ts";
import { corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

interface Capacity {
  GlobalSecondaryIndexes?: Record<string, { WriteCapacityUnits?: number; CapacityUnits?: number }>;
}

/** A client, and the units of each index since the last call of `taken`. */
function measured() {
  const client = table.connect();
  let units: Record<string, number> = {};
  client.client.middlewareStack.add(
    (next) => async (args) => {
      const answered = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "INDEXES" } });
      const { ConsumedCapacity = [] } = answered.output as { ConsumedCapacity?: Capacity | Capacity[] };
      for (const { GlobalSecondaryIndexes = {} } of [ConsumedCapacity].flat())
        for (const [name, { CapacityUnits = 0 }] of Object.entries(GlobalSecondaryIndexes))
          units[name] = (units[name] ?? 0) + CapacityUnits;
      return answered;
    },
    { step: "initialize", name: "indexUnits", priority: "high" },
  );
  const taken = (): Record<string, number> => {
    const before = units;
    units = {};
    return before;
  };
  return { client, taken };
}

test.each([
  ["a thread", {}, { "by-change": 2, "by-due": 2 }],
  ["an owner's thread", { metadata: { owner: "ann" } }, { "by-change": 2, "by-owner": 2, "by-due": 2 }],
  ["a thread that expires", { ttl: 60 }, { "by-change": 2, "by-due": 4 }],
])("a short run on %s, its first and its second", async (_, body, expected) => {
  const { client, taken } = measured();
  const ports = corePorts({ client, table: table.table }, completes);
  const result = await createThread(ports, ThreadCreate.parse(body));
  if (result.kind !== "created") throw new Error(result.kind);
  taken();

  for (let n = 0; n < 2; n++) {
    await handleMessage(ports, await created(ports, result.row.thread_id), host);
    expect(taken()).toEqual(expected);
  }
});
