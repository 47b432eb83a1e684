/** What a worker that hands its run over tells the next one. */
import { randomBytes } from "node:crypto";
import { SLOT_BYTES } from "../../functions/core/log/timings.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { LEASE } from "../../functions/core/run/timings.ts";
import { STREAM_ONLY } from "../../functions/core/stream/stream-only.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { created, hello, host, readAll } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

test("the next claim alone is told what was sent, in however many slots", async () => {
  const large = JSON.stringify(randomBytes(2 * SLOT_BYTES).toString("base64"));
  const told: (string | undefined)[] = [];
  const ports = corePorts(table, (invocation, context) => {
    told.push(invocation.sent);
    if (told.length === 2) return Promise.resolve({ kind: "crashed" });
    if (told.length > 2) return hello(invocation, context);
    context.sink.emit({ event: STREAM_ONLY.sent, data: large }, "structural");
    return Promise.resolve({ kind: "drained" });
  });
  const run = await created(ports, await aThread(ports));

  for (let claim = 1; claim <= 3; claim++) {
    await handleMessage(ports, run, host);
    ports.advance(LEASE + 1);
  }

  expect(told.map((sent) => sent?.length)).toEqual([undefined, large.length, undefined]);
  const { events } = await readAll(ports, run);
  expect(events.map(({ event }) => event)).toEqual(["metadata", "metadata", "custom"]);
});
