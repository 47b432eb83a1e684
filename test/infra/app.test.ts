/** The switches of our app: each reaches the deployment, and a slip is one clear line and nothing written. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { RemovalPolicy } from "aws-cdk-lib";
import { readContext, SWITCHES } from "../../infra/read-context.ts";
import { ROOT, synthesiseApp } from "./synthesise-app.ts";

const HASH = "0".repeat(64);
const TOPIC = "arn:aws:sns:eu-west-1:000000000000:alarms";

describe("the context", () => {
  test("without a switch is the example, with everything as by default", () => {
    const { stack, topic, props } = readContext({ "aws:cdk:bundling-stacks": ["**"], "@aws-cdk/core:flag": true });

    expect([stack, topic, props.config, props.removalPolicy]).toEqual([
      "Threadline",
      undefined,
      resolve("langgraph.json"),
      RemovalPolicy.DESTROY,
    ]);
    expect(Object.keys(props).toSorted()).toEqual(
      [
        "config",
        "dashboard",
        "image",
        "load",
        "memory",
        "pad",
        "removalPolicy",
        "requestUnits",
        "tracing",
        "vectorIndex",
        "watch",
      ].toSorted(),
    );
  });

  test("carries every switch", () => {
    const given = {
      config: "/app/langgraph.json",
      stack: "Mine",
      sha256: `${HASH},${HASH}`,
      cpu: "x64",
      topic: TOPIC,
      origins: "https://a.example.com,https://b.example.com",
      errors: "hide",
      webhooks: "signed",
      auth: "key",
      concurrency: "7",
      streams: "5",
      "public-url": "https://agents.example.com",
      "streams-per-key": "3",
      "runs-per-key": "4",
      reads: "100",
      writes: "50",
      endpoint: "rest-api",
      "origin-secret": "generated",
      "warm-reads": "20000",
      "warm-writes": "8000",
      "vector-index": "true",
      pad: "true",
      watch: "false",
      memory: "2048",
      "api-memory": "256",
      budget: "40",
      email: "me@example.com",
      image: "true",
      load: "false",
      retain: "true",
      dashboard: "true",
      tracing: "true",
    };

    const settings = readContext(given);

    expect(Object.keys(given).toSorted()).toEqual([...SWITCHES].toSorted());
    expect(settings).toEqual({
      stack: "Mine",
      topic: TOPIC,
      props: {
        config: "/app/langgraph.json",
        auth: { sha256: [HASH, HASH] },
        endpoint: "rest-api",
        originSecret: "generated",
        cors: { origins: ["https://a.example.com", "https://b.example.com"] },
        cpu: "x64",
        image: true,
        load: false,
        dashboard: true,
        tracing: true,
        removalPolicy: RemovalPolicy.RETAIN,
        errorDetail: "hide",
        webhookSecret: "generated",
        maxConcurrency: 7,
        apiConcurrency: 5,
        publicUrl: "https://agents.example.com",
        streamsPerKey: 3,
        runsPerKey: 4,
        memory: { api: 256, worker: 2_048 },
        requestUnits: { read: 100, write: 50 },
        warmThroughput: { read: 20_000, write: 8_000 },
        vectorIndex: true,
        pad: true,
        watch: false,
        budget: { usd: 40, email: "me@example.com" },
      },
    });
  });

  test("may be that of a cdk.json, where switches and numbers are what they are", () => {
    const { props } = readContext({ retain: true, concurrency: 7, "cli-telemetry": false });

    expect([props.removalPolicy, props.maxConcurrency]).toEqual([RemovalPolicy.RETAIN, 7]);
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ confg: "x" }, /^-c confg: there is no such switch\. There are config, .*tracing\.$/],
    [{ config: "" }, /^-c config: a value is wanted/],
    [{ stack: "not a name" }, /^-c stack=not a name: letters/],
    [{ retain: "yes" }, /^-c retain=yes: one of true, false is wanted\.$/],
    [{ cpu: "x86" }, /one of arm64, x64/],
    [{ auth: "keys" }, /one of key, iam, none/],
    [{ endpoint: "http-api" }, /one of function-url, rest-api/],
    [{ "origin-secret": "true" }, /one of generated/],
    [{ sha256: "abc" }, /hexadecimal/],
    [{ sha256: HASH, auth: "iam" }, /there are no keys/],
    [{ concurrency: "1" }, /from 2 to 1000/],
    [{ streams: "many" }, /from 1 to/],
    [{ "streams-per-key": "1001" }, /from 1 to 1000/],
    [{ streams: ["5"] }, /a value is wanted/],
    [{ "warm-writes": "3999" }, /from 4000 to/],
    [{ pad: "on" }, /one of true, false/],
    [{ memory: "64" }, /from 128 to 10240/],
    [{ email: "me@example.com" }, /give -c budget=USD/],
    [{ budget: "10", email: "me" }, /an e-mail address/],
    [{ topic: "alarms" }, /ARN/],
    [{ webhooks: "true" }, /one of signed/],
    [{ origins: "localhost" }, /^-c origins: localhost is not an origin; .*without a path \(http:\/\/localhost\?\)\.$/],
    [{ origins: "https://a.example.com,app.example.com:8443" }, /\(https:\/\/app\.example\.com:8443\?\)\.$/],
    [{ origins: "https://x.com/" }, /https:\/\/x\.com\/ is not an origin; .*\(https:\/\/x\.com\?\)\.$/],
    [{ origins: "HTTPS://X.com" }, /\(https:\/\/x\.com\?\)\.$/],
  ])("N10: %j is refused", (context, message) => {
    expect(() => readContext(context)).toThrow(message);
  });

  test("is in the table of infra/README.md, each switch", () => {
    const readme = readFileSync(join(ROOT, "infra/README.md"), "utf8");

    expect(SWITCHES.filter((name) => !readme.includes(`| \`${name}=`))).toEqual([]);
  });
});

describe("the app", () => {
  let out: string;
  beforeEach(() => {
    out = join(mkdtempSync(join(tmpdir(), "threadline-synth-")), "out");
  });
  afterEach(() => rmSync(join(out, ".."), { recursive: true, force: true }));

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["an unknown switch", { confg: "x" }, /^-c confg: there is no such switch.*\n$/],
    ["a value that is none", { streams: "many" }, /^-c streams=many: a number.*\n$/],
    ["a config that is not there", { config: "/none/langgraph.json" }, /There is no file \/none\/langgraph\.json\.\n$/],
    ["a budget that nobody hears of", { budget: "5", "aws:cdk:bundling-stacks": [] }, /^budget: somebody.*\n$/],
  ])("says in one line what is wrong with %s, and writes nothing", (_, context, line) => {
    const { status, stderr } = synthesiseApp(out, context);

    expect([status, stderr.trimEnd().split("\n").length]).toEqual([1, 1]);
    expect(stderr).toMatch(line);
    expect(existsSync(join(out, "manifest.json"))).toBe(false);
  });

  test("says it through the CDK's own command, too", () => {
    const cdk = join(ROOT, "node_modules/aws-cdk/bin/cdk");

    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [cdk, "synth", "--quiet", "--output", out, "-c", "confg=x", "--no-notices"],
      { cwd: ROOT, encoding: "utf8" },
    );

    expect(status).not.toBe(0);
    expect(stdout + stderr).toMatch(/-c confg: there is no such switch/);
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
  });

  test("synthesises without building where nothing is deployed", () => {
    const { status, stderr } = synthesiseApp(out, { stack: "Mine", topic: TOPIC, "aws:cdk:bundling-stacks": [] });

    expect([status, stderr]).toEqual([0, ""]);
    expect(readFileSync(join(out, "Mine.template.json"), "utf8")).toContain(TOPIC);
  });
});
