import { readEnv } from "../../functions/aws/env.ts";

const LEAST = { TABLE_NAME: "table", QUEUE_URL: "https://sqs.example/queue", PROJECT_DIR: "/var/task/project" };
const HASH = "ab".repeat(32);

test("what is not said is as it is safe: keys are asked for, the retention is a week, errors are shown", () => {
  const env = readEnv(LEAST);

  expect(env).toMatchObject({
    table: "table",
    auth: { kind: "key", sha256: [] },
    errorDetail: "show",
    flushMs: 100,
    retentionMs: 168 * 3_600_000,
    streamCut: "abort",
    streamPad: false,
    cors: { origins: undefined },
  });
  expect(env.aws).toEqual({
    region: "us-east-1",
    dynamodbEndpoint: undefined,
    sqsEndpoint: undefined,
    credentials: undefined,
    signatures: "real",
  });
  expect(Object.isFrozen(env)).toBe(true);
});

test("what is said counts; empty is unsaid", () => {
  const env = readEnv({
    ...LEAST,
    AUTH: "none",
    ERROR_DETAIL: "hide",
    STREAM_FLUSH_MS: "250",
    STREAM_RETENTION_HOURS: "1",
    STREAM_CUT: "clean",
    STREAM_PAD: "on",
    CORS_ALLOW_ORIGINS: "https://app.example.com, loopback",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL: "http://localhost:1",
    AWS_ENDPOINT_URL_SQS: "http://localhost:2",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "",
  });

  expect(env).toMatchObject({ auth: { kind: "none" }, errorDetail: "hide", flushMs: 250, retentionMs: 3_600_000 });
  expect(env).toMatchObject({
    streamCut: "clean",
    streamPad: true,
    cors: { origins: ["https://app.example.com", "loopback"] },
  });
  expect(env.aws).toEqual({
    region: "eu-west-1",
    dynamodbEndpoint: "http://localhost:1",
    sqsEndpoint: "http://localhost:2",
    endpoint: "http://localhost:1",
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    signatures: "real",
  });
});

test("where a URL answers for CORS, the function does not", () => {
  expect(readEnv({ ...LEAST, CORS: "off", CORS_ALLOW_ORIGINS: "*" }).cors).toBeUndefined();
});

test("two keys may be valid at once, while one replaces the other", () => {
  const env = readEnv({ ...LEAST, API_KEY_SHA256: `${HASH},${"cd".repeat(32)}` });

  expect(env.auth).toEqual({ kind: "key", sha256: [HASH, "cd".repeat(32)] });
});

test.each([
  ["missing", { TABLE_NAME: "" }, /TABLE_NAME/],
  ["an origin with a path", { CORS_ALLOW_ORIGINS: "https://a.example.com/" }, /CORS_ALLOW_ORIGINS.*without a path/],
  ["an unknown choice", { AUTH: "maybe" }, /AUTH/],
  ["a key instead of its hash", { API_KEY_SHA256: "secret" }, /API_KEY_SHA256: must be SHA-256 hashes/],
  ["a word for a number", { STREAM_FLUSH_MS: "soon" }, /STREAM_FLUSH_MS/],
  ["a negative time", { STREAM_RETENTION_HOURS: "-1" }, /STREAM_RETENTION_HOURS/],
  ["an endpoint that is none", { AWS_ENDPOINT_URL_DYNAMODB: "localhost" }, /AWS_ENDPOINT_URL_DYNAMODB/],
])("%s is named", (_, change, message) => {
  expect(() => readEnv({ ...LEAST, ...change })).toThrow(message);
});

test("everything that is wrong is told at once", () => {
  expect(() => readEnv({})).toThrow(/TABLE_NAME[\s\S]*QUEUE_URL[\s\S]*PROJECT_DIR/);
});
