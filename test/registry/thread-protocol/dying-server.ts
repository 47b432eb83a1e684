/**
 * A server that is killed once all clients have a run at work on it: its API and its worker with it. Another one on the same table and
 * queue goes on, at the same address.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as Sdk } from "@langchain/langgraph-sdk";
import { startDynamodb } from "../../../local/dynamodb.ts";
import { startSqs } from "../../../local/sqs.ts";
import { openLine } from "../../support/line.ts";
import { startServer, type TestServer } from "../../support/server.ts";

export interface DyingServer extends AsyncDisposable {
  /** Of whichever is alive. */
  url: string;
  /** Resolves when it is dead: once each client is ready, or has given up. */
  dies(client: string): Promise<void>;
  openGate(name: string): Promise<unknown>;
  /** Of the thread's only run, as its stream tells. */
  attempts(threadId: string): Promise<number>;
}

const KEYS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

/** @param clients how many there are */
export async function startDyingServer(config: string, clients: number): Promise<DyingServer> {
  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "threadline-dying-"));
  opened.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [table, queue] = await Promise.all([startDynamodb(), startSqs()]);
  opened.defer(async () => void (await Promise.all([table.stop(), queue.stop()])));
  const env = { ...KEYS, AWS_ENDPOINT_URL_DYNAMODB: table.endpoint, AWS_ENDPOINT_URL_SQS: queue.endpoint };
  const servers: TestServer[] = [];
  opened.defer(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  const start = async (name: string): Promise<TestServer> => {
    const server = await startServer({ config, data: join(folder, name), env });
    servers.push(server);
    return server;
  };
  const first = await start("first");
  const line = await openLine(first.url);
  opened.defer(() => line.close());
  /** Of the server that goes on, at its own address: a kept connection of the dead one's would fail a `POST`, which no SDK tries again. */
  const second = Promise.withResolvers<Sdk>();
  const kill = async (): Promise<void> => {
    const { url } = await start("second");
    line.leadTo(url);
    await first.kill();
    second.resolve(new Sdk({ apiUrl: url, apiKey: null }));
  };
  const ready = new Set<string>();
  const { promise: dead, resolve } = Promise.withResolvers<void>();
  const all = opened.move();
  return {
    url: line.url,
    dies(client) {
      const isLast = !ready.has(client) && ready.add(client).size === clients;
      if (isLast) resolve(kill());
      return dead;
    },
    openGate: async (gate) => (await second.promise).runs.wait(null, "open_gate", { input: { gate } }),
    async attempts(threadId) {
      const sdk = await second.promise;
      const [run] = await sdk.runs.list(threadId);
      let attempts = 0;
      for await (const { event } of sdk.runs.joinStream(threadId, run?.run_id ?? "", { lastEventId: "-1" }))
        if (event === "metadata") attempts++;
      return attempts;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
