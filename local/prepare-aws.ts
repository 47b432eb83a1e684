/**
 * Prepares the environment of the local functions, and the table and queue that it names. process.env is not changed: a project would see
 * our keys.
 */
import { type Env, readEnv, SettingsError } from "../functions/aws/env.ts";
import { createQueueClient, createTableClient } from "../functions/aws/table/clients.ts";
import { vectorIndexFor, type VectorIndexShape } from "../functions/aws/table/table.ts";
import type { StoreConfig } from "../functions/protocol/manifest.ts";
import { createQueue, createTable } from "./create-table.ts";
import { CommandError } from "../command-line/command-error.ts";

/** The queue's URL where no endpoint of SQS is given: the host has a queue in memory. */
const NO_QUEUE = "none";
/** Of the table and of the queue, so that two servers on one foreign endpoint share both. */
const NAME = "threadline";

export interface PreparedAws {
  env: Env;
  /** The variables that it was read from. */
  settings: Record<string, string | undefined>;
}

/**
 * @param given settings and endpoints; by default those of one machine: no key, webhooks to this machine, too
 * @param store of the project, whose vectors the table may have an index for
 * @throws CommandError for settings that are wrong, and for endpoints without keys or without an answer
 */
export async function prepareAws(
  given: Record<string, string | undefined>,
  store: StoreConfig = {},
): Promise<PreparedAws> {
  const settings = {
    THREADLINE_AUTH: "none",
    THREADLINE_WEBHOOK_HOSTS: "loopback",
    THREADLINE_TABLE_NAME: NAME,
    ...given,
  };
  const connection = readSettings({ ...settings, THREADLINE_QUEUE_URL: NO_QUEUE });
  const vectorIndex = wantedIndex(connection, store);
  const table = createTableClient(connection);
  const [queueUrl] = await Promise.all([
    queueOf(connection).catch(explain(given, "AWS_ENDPOINT_URL_SQS")),
    createTable(table, connection.table, { vectorIndex }).catch(explain(given, "AWS_ENDPOINT_URL_DYNAMODB")),
  ]);
  table.destroy();
  const whole = { ...settings, THREADLINE_QUEUE_URL: queueUrl };
  return { env: readEnv(whole), settings: whole };
}

function readSettings(settings: Record<string, string | undefined>): Env {
  try {
    return readEnv(settings);
  } catch (error) {
    throw error instanceof SettingsError ? new CommandError(error.message, 2) : error;
  }
}

function wantedIndex(env: Env, store: StoreConfig): VectorIndexShape | undefined {
  if (!env.vectorIndex) return undefined;
  const index = vectorIndexFor(store);
  if ("unfit" in index) throw new CommandError(`THREADLINE_VECTOR_INDEX: ${index.unfit}.`, 2);
  return index;
}

/** Errors of Node for an address where nobody listens, or that is invalid. */
const UNREACHABLE = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ECONNRESET",
];

/** What the user can change about an endpoint, by the names of the SDK's and Node's errors. */
const explain =
  (given: Record<string, string | undefined>, variable: string) =>
  (error: unknown): never => {
    if (!(error instanceof Error)) throw error;
    const code = "code" in error ? String(error.code) : "";
    if (error.name === "CredentialsProviderError")
      throw new CommandError(`AWS_ACCESS_KEY_ID: is not set, and ${variable} asks for keys; emulators take any.`, 2);
    if (UNREACHABLE.includes(code) || error.name === "TimeoutError")
      throw new CommandError(`${variable}: nothing answers at ${given[variable]} (${code || error.name}).`);
    const [first = ""] = error.message.split("\n");
    const [reason] = first.split(/\s*Deserialization error/);
    throw new CommandError(`${variable}: ${given[variable]} does not answer as AWS does (${error.name}: ${reason}).`);
  };

async function queueOf(connection: Env): Promise<string> {
  if (connection.aws.sqsEndpoint === undefined) return NO_QUEUE;
  const sqs = createQueueClient(connection);
  try {
    return await createQueue(sqs, connection.table);
  } finally {
    sqs.destroy();
  }
}
