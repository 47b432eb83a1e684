/** A table of its own on the emulator, for tests of what is stored. Thread ids are new in every test, so files may share nothing else. */
import { createTableClient } from "../../functions/aws/clients.ts";
import { readEnv } from "../../functions/aws/env.ts";
import { createTable } from "../../local/create-table.ts";
import { startDynamodb } from "../../local/dynamodb.ts";

export interface TestTable {
  client: ReturnType<typeof createTableClient>;
  table: string;
  stop(): Promise<void>;
}

export async function startTable(): Promise<TestTable> {
  const table = "test";
  const emulator = await startDynamodb();
  const client = createTableClient(
    readEnv({
      TABLE_NAME: table,
      QUEUE_URL: "http://127.0.0.1:1/000000000000/unused",
      PROJECT_DIR: "unused",
      AUTH: "none",
      AWS_ENDPOINT_URL_DYNAMODB: emulator.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    }),
  );
  await createTable(client, table);
  return {
    client,
    table,
    stop: async () => {
      client.destroy();
      await emulator.stop();
    },
  };
}
