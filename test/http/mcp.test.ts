/** MCP while a run works: the cap of open responses, clients that leave, workers that die; and its switch. */
import { createHash } from "node:crypto";
import { createConcurrencyPermits } from "../../functions/aws/concurrency/concurrency-permits.ts";
import { DISCONNECT_GRACE } from "../../functions/core/run/timings.ts";
import { systemClock, systemIds } from "../../functions/host/clock-and-ids.ts";
import type { Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { framesOf } from "../support/sse.ts";
import { type AppUnderTest, appUnderTest, detailOf, threeSteps } from "./app-under-test.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const message = (method: string, params: object = {}, id = 1) => ({ jsonrpc: "2.0", id, method, params });
const call = (params: object = {}) => message("tools/call", { name: "scripted", arguments: {}, ...params });
const ask = (app: AppUnderTest, body: object, headers: Record<string, string> = {}) =>
  app.ask("POST /mcp", body, headers);

/** Writes one event in each attempt; the process of the first one dies after it. */
const diesOnce: Script = async ({ attempt }, { sink }) => {
  sink.emit({ event: "custom", data: JSON.stringify(`attempt ${attempt}`) }, "structural");
  return attempt === 1 ? { kind: "crashed" } : { kind: "completed" };
};

test("a call whose worker dies goes on in the next one, in the same answer", async () => {
  const app = appUnderTest(table, diesOnce);
  const response = await ask(app, call({ _meta: { progressToken: 7 } }));

  const [text] = await Promise.all([response.text(), app.work()]);

  expect(framesOf(text).map(({ data }) => JSON.parse(data) as object)).toMatchObject([
    { method: "notifications/progress", params: { progressToken: 7, progress: 1, message: "attempt 1" } },
    { method: "notifications/progress", params: { progressToken: 7, progress: 2, message: "attempt 2" } },
    { id: 1, result: { structuredContent: {} } },
  ]);
});

test("a client that leaves its call has it cancelled, after the time that a reconnect may take", async () => {
  const app = appUnderTest(table, threeSteps);
  const grace = new Promise((resolve) => {
    app.ports.clock.sleep = async (ms) =>
      ms === DISCONNECT_GRACE ? resolve("counted as gone") : new Promise(() => undefined);
  });

  const response = await ask(app, call());
  await response.body?.cancel();

  expect(await grace).toBe("counted as gone");
});

test("of the cap of open responses a call takes one, and a cancel none", async () => {
  const key = systemIds.nonce();
  const permits = createConcurrencyPermits({ ...table, clock: systemClock, ids: systemIds });
  const sha256 = [createHash("sha256").update(key).digest("hex")];
  const app = appUnderTest(table, threeSteps, { auth: { kind: "key", sha256 }, cap: { permits, most: 1 } });
  const keyed = { "x-api-key": key };

  const open = await ask(app, call(), keyed);
  const refused = await ask(app, call(), keyed);
  const list = await ask(app, message("tools/list"), keyed);
  const cancel = await ask(app, { ...message("notifications/cancelled", { requestId: 1 }), id: undefined }, keyed);
  await open.body?.cancel();

  expect([open.status, list.status, cancel.status]).toEqual([200, 200, 202]);
  expect(await detailOf(refused)).toEqual([429, expect.stringContaining("streams open")]);
});

test("needs a key where others do", async () => {
  const app = appUnderTest(table, threeSteps, { auth: { kind: "key", sha256: ["0".repeat(64)] } });

  expect((await ask(app, call())).status).toBe(401);
});

test("http.disable_mcp takes it away", async () => {
  const app = appUnderTest(table, threeSteps);
  app.ports.engine.http = () => ({ disable_mcp: true });

  expect(await detailOf(await ask(app, message("tools/list")))).toEqual([404, "Not Found"]);
});
