/**
 * The AWS clients, from the frozen `Env` alone. Must not read process.env: what a project's env file sets later is the project's own
 * (its Bedrock, its profile) and moves neither our table nor our queue.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { CONNECT_TIMEOUT, MAX_SOCKETS, REQUEST_TIMEOUT } from "../core/timings.ts";
import type { Env } from "./env.ts";

const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };

/** Endpoint and keys as given; without them AWS's own, never what the environment says at the time of the first call. */
const connection = (env: Env, endpoint: string | undefined) => ({
  region: env.aws.region,
  ignoreConfiguredEndpointUrls: true,
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(env.aws.credentials === undefined ? {} : { credentials: env.aws.credentials }),
});

/** The handler cache of the SDK stays off: the document client cannot use it. */
export const createTableClient = (env: Env): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      ...connection(env, env.aws.dynamodbEndpoint),
      requestHandler: {
        httpAgent: agent,
        httpsAgent: agent,
        connectionTimeout: CONNECT_TIMEOUT,
        requestTimeout: REQUEST_TIMEOUT,
        throwOnRequestTimeout: true,
      },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );

/** Emulators name hosts in their queue URLs that do not resolve: with an endpoint the URL is a name only. No time-out: receives wait. */
export const createQueueClient = (env: Env): SQSClient =>
  new SQSClient({
    ...connection(env, env.aws.sqsEndpoint),
    useQueueUrlAsEndpoint: env.aws.sqsEndpoint === undefined,
    requestHandler: { httpAgent: agent, httpsAgent: agent, connectionTimeout: CONNECT_TIMEOUT },
  });
