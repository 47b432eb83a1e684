import { readEnv } from "../../functions/aws/env.ts";
import { ORIGIN_FORM } from "../../functions/protocol/origin.ts";

const LEAST = {
  THREADLINE_TABLE_NAME: "table",
  THREADLINE_QUEUE_URL: "https://sqs.example/queue",
  THREADLINE_PROJECT_DIR: "/var/task/project",
};
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
    compress: true,
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
    THREADLINE_AUTH: "none",
    THREADLINE_ERROR_DETAIL: "hide",
    THREADLINE_STREAM_FLUSH_MS: "250",
    THREADLINE_STREAM_RETENTION_HOURS: "1",
    THREADLINE_STREAM_CUT: "clean",
    THREADLINE_STREAM_PAD: "on",
    THREADLINE_COMPRESS: "off",
    THREADLINE_WATCH: "off",
    THREADLINE_PUBLIC_URL: "https://agents.example.com/",
    THREADLINE_CORS_ALLOW_ORIGINS: "https://app.example.com, loopback",
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
    compress: false,
    watch: false,
    publicUrl: "https://agents.example.com",
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
  expect(readEnv({ ...LEAST, THREADLINE_CORS: "off", THREADLINE_CORS_ALLOW_ORIGINS: "*" }).cors).toBeUndefined();
});

test("two keys may be valid at once, while one replaces the other", () => {
  const env = readEnv({ ...LEAST, THREADLINE_API_KEY_SHA256: `${HASH},${"cd".repeat(32)}` });

  expect(env.auth).toEqual({ kind: "key", sha256: [HASH, "cd".repeat(32)] });
});

test.each([
  [{ THREADLINE_TABLE_NAME: "" }, "THREADLINE_TABLE_NAME: is not set."],
  [{ THREADLINE_AUTH: "maybe" }, "THREADLINE_AUTH: maybe is not one of key, iam, none."],
  [{ THREADLINE_ERROR_DETAIL: "no" }, "THREADLINE_ERROR_DETAIL: no is not one of show, hide."],
  [{ THREADLINE_WEBHOOK_HOSTS: "all" }, "THREADLINE_WEBHOOK_HOSTS: all is not one of public, loopback, any."],
  [{ THREADLINE_STREAM_CUT: "hard" }, "THREADLINE_STREAM_CUT: hard is not one of abort, clean."],
  [{ THREADLINE_STREAM_PAD: "true" }, "THREADLINE_STREAM_PAD: true is not one of on, off."],
  [{ THREADLINE_CORS: "*" }, "THREADLINE_CORS: * is not one of on, off."],
  [
    { THREADLINE_STREAM_FLUSH_MS: "soon" },
    "THREADLINE_STREAM_FLUSH_MS: soon is not a number of milliseconds above 0, at most 10000.",
  ],
  [
    { THREADLINE_STREAM_FLUSH_MS: "10001" },
    "THREADLINE_STREAM_FLUSH_MS: 10001 is not a number of milliseconds above 0, at most 10000.",
  ],
  [
    { THREADLINE_STREAM_RETENTION_HOURS: "-1" },
    "THREADLINE_STREAM_RETENTION_HOURS: -1 is not a number of hours above 0, at most 8760.",
  ],
  [
    { THREADLINE_STREAMS_PER_KEY: "1.5" },
    "THREADLINE_STREAMS_PER_KEY: 1.5 is not a whole number of streams above 0, at most 1000.",
  ],
  [
    { THREADLINE_RUNS_PER_KEY: "1001" },
    "THREADLINE_RUNS_PER_KEY: 1001 is not a whole number of runs above 0, at most 1000.",
  ],
  [
    { THREADLINE_CORS_ALLOW_ORIGINS: "*,https://a.example.com/" },
    `THREADLINE_CORS_ALLOW_ORIGINS: https://a.example.com/ is not an origin; ${ORIGIN_FORM} (https://a.example.com?).`,
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
  [
    { THREADLINE_API_KEY_SHA256: "s3cret" },
    "THREADLINE_API_KEY_SHA256: is not SHA-256 hashes in hexadecimal, separated by commas.",
  ],
  [
    { THREADLINE_PROJECT_SECRETS: '{"OPENAI_API_KEY":"s3cret"}' },
    "THREADLINE_PROJECT_SECRETS: is not JSON of variable to reference, ssm:NAME or secretsmanager:NAME.",
  ],
])("R25: %j: what may be a secret is not shown", (change, line) => {
  expect(() => readEnv({ ...LEAST, ...change })).toThrow(expect.objectContaining({ message: line }));
});

test("everything that is wrong is told at once", () => {
  expect(() => readEnv({})).toThrow(/THREADLINE_TABLE_NAME[\s\S]*THREADLINE_QUEUE_URL[\s\S]*THREADLINE_PROJECT_DIR/);
});
