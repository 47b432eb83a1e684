import { readEnv } from "../../functions/aws/env.ts";
import { ORIGIN_FORM } from "../../functions/protocol/origin.ts";

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
  [{ TABLE_NAME: "" }, "TABLE_NAME: is not set."],
  [{ AUTH: "maybe" }, "AUTH: maybe is not one of key, iam, none."],
  [{ ERROR_DETAIL: "no" }, "ERROR_DETAIL: no is not one of show, hide."],
  [{ WEBHOOK_HOSTS: "all" }, "WEBHOOK_HOSTS: all is not one of public, loopback, any."],
  [{ STREAM_CUT: "hard" }, "STREAM_CUT: hard is not one of abort, clean."],
  [{ STREAM_PAD: "true" }, "STREAM_PAD: true is not one of on, off."],
  [{ CORS: "*" }, "CORS: * is not one of on, off."],
  [{ STREAM_FLUSH_MS: "soon" }, "STREAM_FLUSH_MS: soon is not a number of milliseconds above 0, at most 10000."],
  [{ STREAM_FLUSH_MS: "10001" }, "STREAM_FLUSH_MS: 10001 is not a number of milliseconds above 0, at most 10000."],
  [{ STREAM_RETENTION_HOURS: "-1" }, "STREAM_RETENTION_HOURS: -1 is not a number of hours above 0, at most 8760."],
  [{ STREAMS_PER_KEY: "1.5" }, "STREAMS_PER_KEY: 1.5 is not a whole number of streams above 0, at most 1000."],
  [
    { CORS_ALLOW_ORIGINS: "*,https://a.example.com/" },
    `CORS_ALLOW_ORIGINS: https://a.example.com/ is not an origin; ${ORIGIN_FORM}.`,
  ],
  [
    { AWS_ENDPOINT_URL_DYNAMODB: "localhost:8000" },
    "AWS_ENDPOINT_URL_DYNAMODB: localhost:8000 is not a URL that begins with http:// or https://.",
  ],
  [{ AWS_ACCESS_KEY_ID: "any" }, "AWS_SECRET_ACCESS_KEY: is not set, but AWS_ACCESS_KEY_ID is."],
  [{ AWS_SECRET_ACCESS_KEY: "any" }, "AWS_ACCESS_KEY_ID: is not set, but AWS_SECRET_ACCESS_KEY is."],
])("R25: %j: name, value and what it may be, in one line", (change, line) => {
  expect(() => readEnv({ ...LEAST, ...change })).toThrow(
    expect.objectContaining({ name: "SettingsError", message: line }),
  );
});

test.each([
  [{ API_KEY_SHA256: "s3cret" }, "API_KEY_SHA256: is not SHA-256 hashes in hexadecimal, separated by commas."],
  [
    { PROJECT_SECRETS: '{"OPENAI_API_KEY":"s3cret"}' },
    "PROJECT_SECRETS: is not JSON of variable to reference, ssm:NAME or secretsmanager:NAME.",
  ],
])("R25: %j: what may be a secret is not shown", (change, line) => {
  expect(() => readEnv({ ...LEAST, ...change })).toThrow(expect.objectContaining({ message: line }));
});

test("everything that is wrong is told at once", () => {
  expect(() => readEnv({})).toThrow(/TABLE_NAME[\s\S]*QUEUE_URL[\s\S]*PROJECT_DIR/);
});
