/** `npm start -- --isolated` from its start to its end: nothing may survive it, and what ran goes on after the next start. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandsWith, descendants, isAlive } from "../support/descendants.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post, readFrames } from "../support/sse.ts";

const config = "test/fixtures/local/langgraph.json";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-isolated-start-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(data?: string): Promise<TestServer> {
  const server = await startServer({ config, isolated: true, ...(data !== undefined && { data }) });
  servers.push(server);
  return server;
}

test("prints its address, each graph, and why one does not load", async () => {
  const server = await start();

  await expect.poll(() => server.output()).toContain("curl ");

  expect(server.output()).toMatch(/steps +\.\/steps\.ts/);
  expect(server.output()).toMatch(/throws +\.\/throws\.ts +does not load: this module cannot be loaded/);
  expect(server.output(), "P16").toContain('"input":{"count":1}');
});

test.each(["stop", "kill"] as const)(
  "%s leaves no process behind, working or frozen; a run in its middle goes on after the next start",
  async (how) => {
    const data = join(folder, how);
    const first = await start(data);
    const thread = `/threads/${String((await json(post(`${first.url}/threads`, {})))["thread_id"])}`;
    const input = { count: 0, until: 20, ms: 500 };
    const { run_id } = await json(post(`${first.url}${thread}/runs`, { assistant_id: "steps", input }));
    const run = `${thread}/runs/${String(run_id)}`;
    await expect
      .poll(async () => JSON.stringify(await json(fetch(`${first.url}${thread}/state`))))
      .toMatch(/"count":[1-9]/);
    const children = commandsWith("aws-lambda-ric", descendants(first.pid));

    await first[how]();
    await expect.poll(() => children.filter(isAlive)).toEqual([]);
    const second = await start(data);
    const result = await json(fetch(`${second.url}${run}/join`));
    const frames = await readFrames(await fetch(`${second.url}${run}/stream`, { headers: { "last-event-id": "-1" } }));

    // API, worker and clock: the first two at work or frozen, the last frozen after its tick.
    expect(children.length).toBeGreaterThanOrEqual(3);
    expect(result).toMatchObject({ count: 20 });
    expect(
      frames.filter(({ event }) => event === "metadata").map(({ data: text }) => JSON.parse(text).attempt),
    ).toEqual([1, 2]);
  },
);
