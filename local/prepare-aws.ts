/**
 * The environment of the local functions, with the table and the queue it names. Must not write to process.env, where a project would see
 * our keys.
 */
import { createQueueClient, createTableClient } from "../functions/aws/clients.ts";
import { type Env, readEnv } from "../functions/aws/env.ts";
import { createQueue, createTable } from "./create-table.ts";

/** Stands for the URL where no endpoint of SQS is given: then the host has a queue of its own. */
const NO_QUEUE = "none";
/** Of the table and of the queue, so that two servers on one foreign endpoint share both. */
const NAME = "threadline";

export interface PreparedAws {
  env: Env;
  /** The variables that it was read from. */
  settings: Record<string, string | undefined>;
}

/** @param given settings and endpoints; what is not given is as it suits one machine: no key, webhooks to this machine, too */
export async function prepareAws(given: Record<string, string | undefined>): Promise<PreparedAws> {
  const settings = { AUTH: "none", WEBHOOK_HOSTS: "loopback", TABLE_NAME: NAME, ...given };
  const connection = readEnv({ ...settings, QUEUE_URL: NO_QUEUE });
  const table = createTableClient(connection);
  const [QUEUE_URL] = await Promise.all([queueOf(connection), createTable(table, connection.table)]);
  table.destroy();
  const whole = { ...settings, QUEUE_URL };
  return { env: readEnv(whole), settings: whole };
}

async function queueOf(connection: Env): Promise<string> {
  if (connection.aws.sqsEndpoint === undefined) return NO_QUEUE;
  const sqs = createQueueClient(connection);
  try {
    return await createQueue(sqs, connection.table);
  } finally {
    sqs.destroy();
  }
}
