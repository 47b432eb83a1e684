/** Crons over HTTP with the stock SDK: created, changed, searched, deleted. That they are due is test/core/crons.test.ts. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post } from "../support/sse.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

/** Never due while the test runs. */
const schedule = "30 3 29 2 *";
const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const cronPath = (cron_id: string) => `${server.url}/runs/crons/${cron_id}`;
const patch = (cron_id: string, body: unknown) =>
  fetch(cronPath(cron_id), {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const idOf = (cron: unknown): string => (cron as { cron_id: string }).cron_id;

describe("a cron", () => {
  it("is created stateless and on a thread, and read with everything that it was given", async () => {
    const { thread_id } = await client.threads.create();
    const given = { schedule, timezone: "Europe/Berlin", input: { topic: "ice" }, metadata: { a: 1 } };

    const stateless = await client.crons.create("agent", { ...given, endTime: "2040-01-01T00:00:00Z" });
    const onThread = await client.crons.createForThread(thread_id, "agent", given);

    const assistant = await client.assistants.get("agent");
    expect(stateless).toMatchObject({
      cron_id: expect.any(String),
      assistant_id: assistant.assistant_id,
      thread_id: null,
      schedule,
      timezone: "Europe/Berlin",
      enabled: true,
      on_run_completed: "delete",
      end_time: "2040-01-01T00:00:00.000Z",
      metadata: { a: 1 },
      payload: { input: { topic: "ice" }, assistant_id: assistant.assistant_id },
      next_run_date: expect.stringMatching(/-02-29T02:30:00\.000Z$/),
    });
    expect(onThread).toMatchObject({ thread_id, on_run_completed: null });
    expect(await json(fetch(cronPath(idOf(stateless))))).toEqual(stateless);
  });

  it("is changed field by field; null takes its end away", async () => {
    const cron_id = idOf(
      await client.crons.create("agent", { schedule, metadata: { a: 1 }, endTime: "2020-01-01T00:00:00Z" }),
    );
    const before = await json(fetch(cronPath(cron_id)));

    const changed = await json(
      patch(cron_id, { end_time: null, schedule: "0 9 * * *", metadata: { b: 2 }, enabled: false }),
    );

    expect(before).toMatchObject({ next_run_date: null });
    expect(changed).toMatchObject({
      end_time: null,
      schedule: "0 9 * * *",
      enabled: false,
      metadata: { a: 1, b: 2 },
      payload: { metadata: { b: 2 } },
      next_run_date: expect.stringMatching(/T09:00:00/),
    });
    expect(await json(fetch(cronPath(cron_id)))).toEqual(changed);
  });

  it("is searched, counted and sorted by what it is", async () => {
    const { thread_id } = await client.threads.create();
    const ids: string[] = [];
    for (const n of [1, 2, 3])
      ids.push(
        idOf(
          await client.crons.createForThread(thread_id, n === 3 ? "slow" : "agent", {
            schedule,
            metadata: { n, of: "search" },
          }),
        ),
      );
    await patch(ids[0] ?? "", { enabled: false });
    const search = async (query: object) => {
      const answer = await post(`${server.url}/runs/crons/search`, { thread_id, ...query });
      const found = (await answer.json()) as { cron_id: string }[];
      return [found.map(({ cron_id }) => ids.indexOf(cron_id)), answer.headers.get("x-pagination-total")];
    };

    expect(await search({})).toEqual([[2, 1, 0], "3"]);
    expect(await search({ sort_by: "created_at", sort_order: "asc", limit: 2, offset: 1 })).toEqual([[1, 2], "3"]);
    expect(await search({ assistant_id: "slow" })).toEqual([[2], "1"]);
    expect(await search({ enabled: false })).toEqual([[0], "1"]);
    expect(await search({ metadata: { n: 2, of: "search" } })).toEqual([[1], "1"]);
    expect(await client.crons.search({ threadId: thread_id, select: ["cron_id"], limit: 1 })).toEqual([
      { cron_id: ids[2] },
    ]);
    expect(await client.crons.count({ threadId: thread_id })).toBe(3);
  });

  it("goes with its assistant", async () => {
    const { assistant_id } = await client.assistants.create({ graphId: "agent" });
    const cron_id = idOf(await client.crons.create(assistant_id, { schedule }));

    await client.assistants.delete(assistant_id);

    expect((await fetch(cronPath(cron_id))).status).toBe(404);
  });

  it("is deleted, alone or with its thread", async () => {
    const { thread_id } = await client.threads.create();
    const [alone, along] = [
      idOf(await client.crons.create("agent", { schedule })),
      idOf(await client.crons.createForThread(thread_id, "agent", { schedule })),
    ];

    await client.crons.delete(alone);
    await client.threads.delete(thread_id);

    for (const cron_id of [alone, along]) expect((await fetch(cronPath(cron_id))).status).toBe(404);
    expect((await fetch(cronPath(alone), { method: "DELETE" })).status).toBe(404);
    expect(await client.crons.search({ threadId: thread_id })).toEqual([]);
  });
});

describe("bad input is refused, and no cron is made", () => {
  const good = { assistant_id: "agent", schedule, metadata: { of: "bad" } };

  it.each<[string, string, unknown, number, RegExp]>([
    ["no schedule", "/runs/crons", { ...good, schedule: undefined }, 422, /schedule/],
    ["a schedule of three fields", "/runs/crons", { ...good, schedule: "* * *" }, 422, /schedule: .*five fields/],
    ["a schedule that is never due", "/runs/crons", { ...good, schedule: "0 0 30 2 *" }, 422, /never due/],
    ["an unknown zone", "/runs/crons", { ...good, timezone: "Mars/One" }, 422, /no IANA time zone/],
    ["an end that is no time", "/runs/crons", { ...good, end_time: "soon" }, 422, /end_time/],
    ["an end that is a number", "/runs/crons", { ...good, end_time: "1" }, 422, /end_time/],
    ["an end on no day", "/runs/crons", { ...good, end_time: "2030-02-30T00:00:00Z" }, 422, /end_time/],
    ["an unknown assistant", "/runs/crons", { ...good, assistant_id: "nope" }, 404, /No assistant found for "nope"/],
    ["an unknown thread", `/threads/${UNKNOWN}/runs/crons`, good, 404, /Thread with ID .* not found/],
    ["a thread that is no UUID", "/threads/5/runs/crons", good, 422, /must be a UUID/],
    ["an unknown mode", "/runs/crons", { ...good, stream_mode: "bogus" }, 422, /stream_mode/],
    ["an unknown strategy", "/runs/crons", { ...good, multitask_strategy: "x" }, 422, /multitask_strategy/],
    ["a webhook that is no URL", "/runs/crons", { ...good, webhook: "/hook" }, 422, /webhook/],
    [
      "metadata that is too large",
      "/runs/crons",
      { ...good, metadata: { of: "bad", x: "y".repeat(40_000) } },
      422,
      /metadata/,
    ],
    ["a search by an unknown field", "/runs/crons/search", { sort_by: "x" }, 422, /sort_by/],
    ["malformed JSON", "/runs/crons", "{", 422, /JSON/],
  ])("%s", async (_name, path, body, status, detail) => {
    const answer = await post(`${server.url}${path}`, body);

    expect([answer.status, (await json(answer))["detail"]]).toEqual([status, expect.stringMatching(detail)]);
    expect(await client.crons.count({ metadata: { of: "bad" } })).toBe(0);
  });

  it.each<[string, unknown, number]>([
    ["a bad schedule", { schedule: "x" }, 422],
    ["a bad zone", { timezone: "x" }, 422],
    ["enabled of the wrong type", { enabled: "yes" }, 422],
    ["an unknown mode", { stream_mode: "bogus" }, 422],
    ["a list", [], 422],
  ])("a change to %s changes nothing", async (_name, body, status) => {
    const cron_id = idOf(await client.crons.create("agent", { schedule }));
    const before = await json(fetch(cronPath(cron_id)));

    expect((await patch(cron_id, body)).status).toBe(status);

    expect(await json(fetch(cronPath(cron_id)))).toEqual(before);
  });

  it("an unknown cron is 404, an id that is none 422", async () => {
    const answers = [await fetch(cronPath(UNKNOWN)), await patch(UNKNOWN, {}), await fetch(cronPath("x"))];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 422]);
  });
});
