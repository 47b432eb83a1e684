/**
 * The AWS clients, made from the frozen `Env` alone. Must not read process.env: a project's env file may set AWS variables for its own use,
 * which must move neither our table nor our queue.
 */
import type { Readable } from "node:stream";
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Env } from "../env.ts";
import { CONNECT_TIMEOUT, MAX_SOCKETS, REQUEST_TIMEOUT } from "./limits.ts";
import { Sha256 } from "./sha256.ts";
import { TableClient } from "./table-client.ts";

const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };

/** Reads an answer's body, usually one chunk. The SDK would pipe it through a stream, and bounds only the time until it begins. */
async function collect(body: Readable): Promise<Uint8Array> {
  const late = Object.assign(new Error(`an answer was not whole after ${REQUEST_TIMEOUT} ms`), {
    name: "TimeoutError",
  });
  const timer = setTimeout(() => body.destroy(late), REQUEST_TIMEOUT);
  try {
    const chunks: Buffer[] = await body.toArray();
    const [first, ...more] = chunks;
    return first && more.length === 0 ? first : Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Endpoint and credentials as given, else AWS's defaults, never what the environment says at the first call. Every call has a time limit.
 */
export const connection = (env: Env, endpoint: string | undefined) => ({
  region: env.aws.region,
  sha256: Sha256,
  streamCollector: collect,
  ignoreConfiguredEndpointUrls: true,
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(env.aws.credentials === undefined ? {} : { credentials: env.aws.credentials }),
  requestHandler: {
    httpAgent: agent,
    httpsAgent: agent,
    connectionTimeout: CONNECT_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    throwOnRequestTimeout: true,
  },
});

/** Middleware that only adds AWS's usage statistics, or logs to a logger that is not there. */
const NEEDLESS = ["getUserAgentMiddleware", "loggerMiddleware"];
/** Sends the trace id of the invocation. The queue passes it on, so a trace goes from the API to the worker; a table does not. */
const TRACE = "recursionDetectionMiddleware";

type Client = DynamoDBClient | SQSClient;
type Signer = Awaited<ReturnType<Client["config"]["signer"]>>;

/** A placeholder signature for emulators that check none: a real one costs two fifths of a call's CPU. */
const PLACEHOLDER: Signer = {
  async sign(request) {
    request.headers["authorization"] =
      "AWS4-HMAC-SHA256 Credential=local/20000101/local/local/aws4_request, SignedHeaders=host, Signature=none";
    request.headers["x-amz-date"] = "20000101T000000Z";
    return request;
  },
};

/** A run is some twenty calls, and most of its CPU is the SDK's own work. This saves a quarter of it and changes nothing on the wire. */
function lean<C extends Client>(client: C, { aws }: Env, needless: readonly string[] = NEEDLESS): C {
  for (const name of needless) client.middlewareStack.remove(name);
  // The SDK makes a signer for each request. One signer is enough; it asks for the credentials at each signature.
  const make = client.config.signer;
  let signer: Promise<Signer> | undefined;
  client.config.signer = (scheme) =>
    (signer ??= aws.signatures === "placeholder" ? Promise.resolve(PLACEHOLDER) : make(scheme));
  return client;
}

/** The HTTP handler of the table's client, where the host has one of its own. */
export type TableWire = NonNullable<DynamoDBClientConfig["requestHandler"]>;

export function createTableClient(env: Env, wire?: TableWire): TableClient {
  const client = lean(
    new DynamoDBClient({
      ...connection(env, env.aws.dynamodbEndpoint),
      ...(wire && { requestHandler: wire }),
      cacheMiddleware: true,
    }),
    env,
    [...NEEDLESS, TRACE],
  );
  return new TableClient(client);
}

/** Emulators return queue URLs with host names that do not resolve. With an endpoint the URL is only a name. */
export const createQueueClient = (env: Env): SQSClient =>
  lean(
    new SQSClient({
      ...connection(env, env.aws.sqsEndpoint),
      useQueueUrlAsEndpoint: env.aws.sqsEndpoint === undefined,
    }),
    env,
  );
