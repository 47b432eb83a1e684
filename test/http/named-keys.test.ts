/** Keys with names: each opens the API, its name is in the metadata of what it makes, and it has a cap of its own. */
import { createHash } from "node:crypto";
import { createConcurrencyPermits } from "../../functions/aws/concurrency/concurrency-permits.ts";
import { systemClock, systemIds } from "../../functions/host/clock-and-ids.ts";
import type { AuthSettings } from "../../functions/http/server/auth.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, jsonOf, runBody, threeSteps } from "./app-under-test.ts";

let table: TestTable;
let app: AppUnderTest;
beforeAll(async () => {
  table = await startTable();
  const permits = createConcurrencyPermits({ ...table, clock: systemClock, ids: systemIds });
  app = appUnderTest(table, threeSteps, { auth: AUTH, cap: { permits, most: undefined } });
});
afterAll(() => table.stop());

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");
const AUTH: AuthSettings = {
  kind: "key",
  sha256: [hash("nameless")],
  named: [
    { sha256: hash("w"), name: "web" },
    { sha256: hash("j1"), name: "jobs", streams: 1 },
    { sha256: hash("j2"), name: "jobs", streams: 1 },
  ],
};
const by = (key: string) => ({ "x-api-key": key });
const metadataOf = async (asked: Promise<Response>): Promise<object> => (await jsonOf(await asked)).metadata;

test.each(["w", "j1", "j2", "nameless"])("%s opens the API", async (key) => {
  expect((await app.ask("POST /threads", {}, by(key))).status).toBe(200);
});

test.each(["web", "jobs", hash("w"), "x", ""])("%s does not", async (key) => {
  expect((await app.ask("POST /threads", {}, by(key))).status).toBe(401);
});

describe("the name of the key is in the metadata of", () => {
  const claimed = runBody({ metadata: { key_name: "somebody else", mine: 1 } });

  test("a run, over what its caller claims", async () => {
    const { thread_id } = await jsonOf(await app.ask("POST /threads", {}, by("w")));

    expect(await metadataOf(app.ask(`POST /threads/${thread_id}/runs`, claimed, by("j2")))).toMatchObject({
      key_name: "jobs",
      mine: 1,
    });
    expect(await metadataOf(app.ask("POST /runs", runBody(), by("w")))).toMatchObject({ key_name: "web" });
  });

  test("each run of a batch", async () => {
    const runs = await app.ask("POST /runs/batch", [runBody(), claimed], by("w"));

    const made = (await runs.json()) as { metadata: { key_name?: string } }[];
    expect(made.map(({ metadata }) => metadata.key_name)).toEqual(["web", "web"]);
  });

  test("a run that a command starts", async () => {
    const { thread_id } = await jsonOf(await app.ask("POST /threads", {}, by("w")));
    const params = { assistant_id: "scripted", input: {} };

    await app.ask(`POST /threads/${thread_id}/commands`, { id: 1, method: "run.start", params }, by("w"));

    const runs = (await (await app.ask(`GET /threads/${thread_id}/runs`, undefined, by("w"))).json()) as object[];
    expect(runs).toMatchObject([{ metadata: { key_name: "web" } }]);
  });

  test("a cron, made and changed", async () => {
    const made = await app.ask("POST /runs/crons", { ...claimed, schedule: "0 0 1 1 *" }, by("w"));
    const cron = (await made.json()) as { cron_id: string; metadata: object; payload: object };
    const changed = await app.ask(`PATCH /runs/crons/${cron.cron_id}`, { metadata: { key_name: "me" } }, by("j1"));

    expect(cron).toMatchObject({ metadata: { key_name: "web" }, payload: { metadata: { key_name: "web", mine: 1 } } });
    expect(await changed.json()).toMatchObject({ payload: { metadata: { key_name: "jobs" } } });
  });

  test("nothing, if it has none: all is as its caller says", async () => {
    expect(await metadataOf(app.ask("POST /runs", claimed, by("nameless")))).toMatchObject({
      key_name: "somebody else",
    });
    expect(await metadataOf(app.ask("POST /runs", runBody(), by("nameless")))).not.toHaveProperty("key_name");
  });
});

test("a cap of its own is shared by all keys of the name, and by nobody else", async () => {
  const stream = (key: string) => app.ask("POST /runs/stream", runBody(), by(key));

  const open = [await stream("j1")];
  const refused = await stream("j2");
  open.push(await stream("w"), await stream("w"), await stream("nameless"));

  expect([refused.status, ...open.map(({ status }) => status)]).toEqual([429, 200, 200, 200, 200]);
  await Promise.all(open.map(async ({ body }) => body?.cancel()));
  const again = await stream("j2");
  expect(again.status).toBe(200);
  await again.body?.cancel();
});
