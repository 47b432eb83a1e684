/** A2A while a run works: workers that die, the cap of open responses; what needs a key, and its switch. */
import { createHash } from "node:crypto";
import { createConcurrencyPermits } from "../../functions/aws/concurrency/concurrency-permits.ts";
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

const ROUTE = "POST /a2a/scripted";
const message = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params });
const hello = (configuration: object = {}) => ({
  message: { role: "user", messageId: systemIds.uuid7(), parts: [{ kind: "text", text: "hello" }] },
  configuration,
});
const chunk = (content: string) => JSON.stringify([{ type: "AIMessageChunk", id: "m", content }, {}]);

/** Says three words; the process of the first attempt dies after two. */
const diesOnce: Script = async ({ attempt }, { sink }) => {
  for (const word of ["one ", "two "]) sink.emit({ event: "messages", data: chunk(word) }, "structural");
  if (attempt === 1) return { kind: "crashed" };
  sink.emit({ event: "messages", data: chunk("three") }, "structural");
  return { kind: "completed" };
};

const said = (text: string) =>
  framesOf(text).map(({ id, data }) => {
    const { result } = JSON.parse(data) as {
      result: { kind: string; append?: boolean; artifact?: Artifact; status?: Status };
    };
    const { kind, append, artifact, status } = result;
    return { id, told: [kind, status?.state ?? append, ...(artifact?.parts.map(({ text: words }) => words) ?? [])] };
  });
interface Artifact {
  parts: { text?: string }[];
}
interface Status {
  state: string;
}

describe("a worker that dies in the middle of a task", () => {
  async function died(app: AppUnderTest) {
    const response = await app.ask(ROUTE, message("message/stream", hello()));
    const [text] = await Promise.all([response.text(), app.work()]);
    return said(text);
  }

  test("is followed by another one in the same stream, which says the message again from its beginning", async () => {
    expect((await died(appUnderTest(table, diesOnce))).map(({ told }) => told)).toEqual([
      ["task", "submitted"],
      ["status-update", "working"],
      ["artifact-update", false, "one "],
      ["artifact-update", true, "two "],
      ["status-update", "working"],
      ["artifact-update", false, "one "],
      ["artifact-update", true, "two "],
      ["artifact-update", true, "three"],
      ["artifact-update", false, undefined],
      ["status-update", "completed"],
    ]);
  });

  test("leaves a stream that goes on after every event, before and after the death", async () => {
    const app = appUnderTest(table, diesOnce);
    const response = await app.ask(ROUTE, message("message/stream", hello()));
    const [text] = await Promise.all([response.text(), app.work()]);
    const [, ...events] = said(text);
    const { result } = JSON.parse(framesOf(text)[0]?.data ?? "") as { result: { id: string } };

    const tails = await Promise.all(
      events.map(async ({ id = "" }) => {
        const again = await app.ask(ROUTE, message("tasks/resubscribe", { id: result.id }), { "last-event-id": id });
        return said(await again.text());
      }),
    );

    expect(tails).toEqual(events.map((_, index) => events.slice(index + 1)));
  });
});

test("of the cap of open responses a message takes one until its answer is there, and a look at a task none", async () => {
  const key = systemIds.nonce();
  const permits = createConcurrencyPermits({ ...table, clock: systemClock, ids: systemIds });
  const sha256 = [createHash("sha256").update(key).digest("hex")];
  const app = appUnderTest(table, threeSteps, { auth: { kind: "key", sha256 }, cap: { permits, most: 1 } });
  const ask = (body: object) => app.ask(ROUTE, body, { "x-api-key": key });

  const open = await ask(message("message/stream", hello()));
  const refused = await ask(message("message/send", hello()));
  const get = await ask(message("tasks/get", { id: systemIds.uuid7() }));
  await open.body?.cancel();

  expect([open.status, get.status]).toEqual([200, 200]);
  expect(await detailOf(refused)).toEqual([429, expect.stringContaining("streams open")]);
});

test("agents and cards need a key where others do, and a card says so", async () => {
  const key = systemIds.nonce();
  const sha256 = [createHash("sha256").update(key).digest("hex")];
  const app = appUnderTest(table, threeSteps, { auth: { kind: "key", sha256 } });
  const CARD = "GET /.well-known/agent-card.json?assistant_id=scripted";

  const [agent, card, keyed] = [
    await app.ask(ROUTE, message("message/send", hello())),
    await app.ask(CARD),
    await app.ask(CARD, undefined, { "x-api-key": key }),
  ];

  expect([agent.status, card.status]).toEqual([401, 401]);
  expect(await keyed.json()).toMatchObject({ securitySchemes: { key: { in: "header", name: "x-api-key" } } });
});

test("a card names the address that clients ask, where the server knows only its own", async () => {
  const app = appUnderTest(table, threeSteps, { publicUrl: "https://agents.example.com/prod" });

  const card = await app.ask("GET /.well-known/agent-card.json?assistant_id=scripted");

  expect(await card.json()).toMatchObject({
    url: expect.stringMatching(/^https:\/\/agents\.example\.com\/prod\/a2a\/[0-9a-f-]{36}$/) as string,
  });
});

test("http.disable_a2a takes agents and cards away", async () => {
  const app = appUnderTest(table, threeSteps);
  app.ports.engine.http = () => ({ disable_a2a: true });

  for (const route of [ROUTE, "GET /a2a/scripted/.well-known/agent-card.json"])
    expect(await detailOf(await app.ask(route, route === ROUTE ? message("tasks/get") : undefined))).toEqual([
      404,
      "Not Found",
    ]);
});
