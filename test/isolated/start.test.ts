/** `npm start -- --isolated` from its start to its end: nothing may survive it, and what ran goes on after the next start. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandsWith, descendants, functionOf, isAlive } from "../support/descendants.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post, readFrames } from "../support/sse.ts";

const config = "test/fixtures/local/langgraph.json";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-isolated-start-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (data: string): Promise<TestServer> => startServer({ config, isolated: true, data: join(folder, data) });

let server: TestServer;
beforeAll(async () => {
  server = await start("first");
});
afterAll(() => server.stop());

test("prints its address, each graph, and why one does not load", async () => {
  await expect.poll(() => server.output()).toContain("curl ");

  expect(server.output()).toMatch(/steps +\.\/steps\.ts/);
  expect(server.output()).toMatch(/throws +\.\/throws\.ts +does not load: this module cannot be loaded/);
  expect(server.output(), "P16").toContain('"input":{"count":1}');
});

test.each(["kill", "stop"] as const)(
  "%s leaves no process behind, working or frozen; a run in its middle goes on after the next start",
  async (how) => {
    const hold = join(folder, `after ${how}`);
    const thread = `/threads/${String((await json(post(`${server.url}/threads`, {})))["thread_id"])}`;
    const input = { count: 0, until: 4, ms: 0, hold };
    const { run_id } = await json(post(`${server.url}${thread}/runs`, { assistant_id: "steps", input }));
    const run = `${thread}/runs/${String(run_id)}`;
    await expect
      .poll(async () => JSON.stringify(await json(fetch(`${server.url}${thread}/state`))))
      .toContain('"count":1');
    // API, worker and sweeper: the first two at work or frozen, the last frozen after its sweep.
    const children = commandsWith("aws-lambda-ric", descendants(server.pid));
    const functions = new Set(children.map(functionOf));

    await server[how]();
    await expect.poll(() => children.filter(isAlive)).toEqual([]);
    writeFileSync(hold, "");
    server = await start("first");
    const result = await json(fetch(`${server.url}${run}/join`));
    const frames = await readFrames(await fetch(`${server.url}${run}/stream`, { headers: { "last-event-id": "-1" } }));

    expect(functions).toEqual(new Set(["threadline-api", "threadline-worker", "threadline-sweeper"]));
    expect(result).toMatchObject({ count: 4 });
    expect(
      frames.filter(({ event }) => event === "metadata").map(({ data: text }) => JSON.parse(text).attempt),
    ).toEqual([1, 2]);
  },
);
