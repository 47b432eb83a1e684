/**
 * Two servers on one table and one queue, each a process of its own, with the proxy between them and the table; and the table itself, for
 * the record that is to be trusted. Must not know what they are asked.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnv } from "../../functions/aws/env.ts";
import { createTableClient } from "../../functions/aws/table/clients.ts";
import { startDynamodb } from "../../local/dynamodb.ts";
import { freePort } from "../../local/free-port.ts";
import { startSqs } from "../../local/sqs.ts";
import type { Dice } from "../sim/dice.ts";
import { type CorePorts, corePorts } from "../support/core-ports.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { startTableProxy, type TableProxy } from "../support/table-proxy.ts";

export interface StormSystem extends AsyncDisposable {
  /** Without a slash at the end. They stay the same over restarts. */
  urls: readonly [string, string];
  proxy: TableProxy;
  /** The real adapters, past the proxy. */
  ports: CorePorts;
  /** Process ids of the servers as they are now. */
  pids(): readonly number[];
  /** SIGKILL, and a new one on the same port; one after the other, if it is asked for while it is done. */
  restart(server: number): Promise<void>;
}

const CONFIG = "test/storm/langgraph.json";
const STARTS = 5;
/** Of `local/prepare-aws.ts`. */
const TABLE = "threadline";

export async function startStormSystem(dice: Dice, { isolated }: { isolated: boolean }): Promise<StormSystem> {
  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "threadline-storm-"));
  opened.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [table, queue] = await Promise.all([startDynamodb(), startSqs()]);
  opened.defer(async () => void (await Promise.all([table.stop(), queue.stop()])));
  const proxy = await startTableProxy(table.endpoint, dice);
  opened.defer(() => proxy.stop());

  const keys = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const env = {
    THREADLINE_LOG_LEVEL: "info",
    ...keys,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
  };
  const ports = [await freePort(), await freePort()] as const;
  const start = (n: number): Promise<TestServer> =>
    startServer({ config: CONFIG, port: ports[n] ?? 0, data: join(folder, String(n)), isolated, env });
  // One after the other: the first makes the table.
  const servers = [await start(0)];
  servers.push(await start(1));
  opened.defer(async () => void (await Promise.all(servers.map((server) => server.kill()))));

  /** A machine that is busy with killed servers may let one's first request time out: whoever starts servers starts them again. */
  const startAgain = async (n: number, tries = 1): Promise<TestServer> =>
    start(n).catch((error: unknown) => (tries === STARTS ? Promise.reject(error) : startAgain(n, tries + 1)));
  const startAfter = async (before: Promise<void>, n: number): Promise<void> => {
    await before;
    await servers[n]?.kill();
    servers[n] = await startAgain(n);
  };
  const restarts = new Map<number, Promise<void>>();

  const client = createTableClient(
    readEnv({
      ...keys,
      THREADLINE_TABLE_NAME: TABLE,
      THREADLINE_QUEUE_URL: "unused",
      THREADLINE_PROJECT_DIR: "unused",
      AWS_ENDPOINT_URL: table.endpoint,
    }),
  );
  opened.defer(() => client.destroy());
  const all = opened.move();
  return {
    urls: [`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`],
    proxy,
    ports: corePorts({ client, table: TABLE }, () => Promise.reject(new Error("nothing runs here"))),
    pids: () => servers.map(({ pid }) => pid ?? Number.NaN),
    restart(n) {
      const before = restarts.get(n) ?? Promise.resolve();
      const restarting = startAfter(before, n);
      restarts.set(n, restarting);
      return restarting;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
