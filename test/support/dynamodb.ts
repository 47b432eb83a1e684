/**
 * A table of its own on the emulator, for tests of what is stored. Thread ids are new in every test, so files may share nothing else. With
 * TEST_DYNAMODB_ENDPOINT it is a table there.
 */
import { randomUUID } from "node:crypto";
import { type Env, readEnv } from "../../functions/aws/env.ts";
import { createTableClient } from "../../functions/aws/table/clients.ts";
import type { VectorIndexShape } from "../../functions/aws/table/table.ts";
import type { Clock } from "../../functions/core/ports.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { createTable } from "../../local/create-table.ts";
import { startDynamodb } from "../../local/dynamodb.ts";

export interface TestTable {
  client: ReturnType<typeof createTableClient>;
  table: string;
  clock: Clock;
  /** For a client of another thread. */
  env: Env;
  endpoint: string;
  /** Another client of the same table, as another process has. */
  connect(): ReturnType<typeof createTableClient>;
  /** Another table of the same emulator, for tests whose sweeps must not find the runs of others, or with a vector index. */
  another(indexes?: { vectorIndex?: VectorIndexShape }): Promise<TestTable>;
  stop(): Promise<void>;
}

export async function startTable(): Promise<TestTable> {
  const shared = process.env["TEST_DYNAMODB_ENDPOINT"];
  const emulator = shared === undefined ? await startDynamodb() : { endpoint: shared, stop: () => Promise.resolve() };
  const name = shared === undefined ? "test" : `test-${randomUUID()}`;
  const env = readEnv({
    THREADLINE_TABLE_NAME: "test",
    THREADLINE_QUEUE_URL: "http://127.0.0.1:1/000000000000/unused",
    THREADLINE_PROJECT_DIR: "unused",
    THREADLINE_AUTH: "none",
    AWS_ENDPOINT_URL_DYNAMODB: emulator.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const clients: TestTable["client"][] = [];
  const connect = () => {
    const client = createTableClient(env);
    clients.push(client);
    return client;
  };
  let tables = 0;
  const open = async (
    client: TestTable["client"],
    indexes: { vectorIndex?: VectorIndexShape } = {},
  ): Promise<TestTable> => {
    const table = tables++ ? `${name}-${tables}` : name;
    await createTable(client, table, indexes);
    return {
      client,
      table,
      clock: systemClock,
      env: { ...env, table },
      endpoint: emulator.endpoint,
      connect,
      another: (wanted) => open(client, wanted),
      stop,
    };
  };
  const stop = async () => {
    for (const client of clients) client.destroy();
    await emulator.stop();
  };
  return open(connect());
}
