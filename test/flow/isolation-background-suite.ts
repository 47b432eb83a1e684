/** Nobody reaches what is not theirs without asking, either: webhooks, and the runs of crons. For projects of either language. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@langchain/langgraph-sdk";
import { onTestFinished } from "vitest";
import type { TestServer, TestServerOptions } from "../support/server.ts";
import { clientOf, SECRET } from "./owned-world.ts";

/** Due at each sweep; the first is that of a start. */
const EVERY_SECOND = "* * * * * *";
const input = { secret: SECRET };

/** Collects what webhooks are told. */
async function listen(): Promise<{ url: string; told: string[] }> {
  const told: string[] = [];
  const endpoint = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      told.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void endpoint.close());
  return { url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook`, told };
}

/** Tests of servers that `start` gives, with the graphs and the auth of test/fixtures/auth. */
export function testIsolationInBackground(start: (options: TestServerOptions) => Promise<TestServer>): void {
  let data: string;
  let server: TestServer;
  let ann: Client;
  let bob: Client;
  const restart = async (): Promise<void> => {
    await server?.stop();
    server = await start({ data });
    [ann, bob] = [clientOf(server.url, "ann"), clientOf(server.url, "bob")];
  };
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "threadline-background-"));
    await restart();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  test("a webhook is never told of another's run", async () => {
    const [hers, his] = [await listen(), await listen()];
    const webhook = his.url;
    const { thread_id } = await ann.threads.create();
    const refused = [
      () => bob.runs.create(thread_id, "tells", { input, webhook, ifNotExists: "create" }),
      () => bob.runs.wait(thread_id, "tells", { input, webhook }),
      () => bob.crons.createForThread(thread_id, "tells", { schedule: EVERY_SECOND, input, webhook }),
    ];
    for (const ask of refused) await expect(ask()).rejects.toThrow(/404/);

    await bob.runs.wait(null, "tells", { input: { secret: "mine" }, webhook });
    await ann.runs.wait(thread_id, "tells", { input, webhook: hers.url });

    await expect.poll(() => [hers.told.length, his.told.length]).toEqual([1, 1]);
    expect(hers.told[0]).toContain(SECRET);
    expect(his.told[0]).toContain("mine");
    expect(his.told[0]).not.toContain(SECRET);
  });

  test("the run of a cron is that of the cron's user: it calls as that user, and nobody else sees it", async () => {
    const { thread_id: mine } = await ann.threads.create();
    const of = { thread_id: mine, run_id: mine, namespace: ["ann", "kept"] };
    const kept = { schedule: EVERY_SECOND, onRunCompleted: "keep" } as const;
    await ann.crons.create("tells", { ...kept, input: { secret: SECRET } });
    const calling = await ann.crons.create("reaches", { ...kept, input: { of } });

    await restart();

    const states = async (): Promise<Record<string, unknown>[]> =>
      (await ann.threads.search()).map(({ values }) => values as Record<string, unknown>);
    await expect
      .poll(states)
      .toContainEqual(expect.objectContaining({ caller: expect.objectContaining({ id: "ann" }) }));
    await expect
      .poll(async () => (await states()).map((values) => values?.["seen"]))
      .toContainEqual(
        expect.objectContaining({ threads: expect.arrayContaining([expect.objectContaining({ thread_id: mine })]) }),
      );
    const fired = await ann.threads.search({ limit: 100 });
    const seen = await bob.threads.search({ limit: 100 });
    expect(JSON.stringify(seen)).not.toContain(SECRET);
    for (const { thread_id } of fired) await expect(bob.threads.get(thread_id)).rejects.toThrow(/404/);
    await expect(bob.crons.delete(calling.cron_id)).rejects.toThrow(/404/);
    expect(await bob.crons.search()).toEqual([]);
  });
}
