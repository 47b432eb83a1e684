/** `npm start` as a person meets it: a process with flags, output, exit codes, children. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../../local/free-port.ts";
import { startDynamodb } from "../../local/dynamodb.ts";
import { commandsWith, descendants, isAlive } from "../support/descendants.ts";
import { start } from "../support/failed-start.ts";
import { startServer, type TestServer } from "../support/server.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const CONFIG = here("../fixtures/local/langgraph.json");

const runCommand = promisify(execFile);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-start-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("lives on when nobody reads any more what it prints", async () => {
  const port = String(await freePort());
  const args = ["--config", CONFIG, "--port", port, "--data", join(folder, "unread")];
  const child = spawn(process.execPath, [here("../../local/start.ts"), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  await once(child.stdout, "data");
  child.stdout.destroy();
  child.stderr.destroy();

  const body = JSON.stringify({ assistant_id: "steps", input: { count: "no number", until: [] } });
  const headers = { "content-type": "application/json" };
  const run = await fetch(`http://127.0.0.1:${port}/runs/wait`, { method: "POST", headers, body });
  const failed = await run.text();
  const ok = await fetch(`http://127.0.0.1:${port}/ok`);
  child.kill("SIGINT");
  const [code] = await exited;

  expect(failed).toContain("__error__");
  expect(ok.status).toBe(200);
  expect(code).toBe(0);
});

describe("a server", () => {
  let server: TestServer;
  let data: string;
  beforeAll(async () => {
    data = join(folder, "data");
    server = await startServer({ config: CONFIG, data });
  });
  afterAll(() => server.stop());

  const ask = async (path: string, body?: unknown): Promise<string> => {
    const init =
      body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${server.url}${path}`, init);
    return response.text();
  };

  test("prints its address, each graph and a line to try", async () => {
    await expect.poll(() => server.output()).toContain("curl ");

    expect(server.output()).toContain(`http://localhost:${server.port}`);
    expect(server.output()).toMatch(/steps +\.\/steps\.ts/);
    expect(server.output()).toMatch(
      /^ {2}missing +\.\/missing\.ts +does not load: There is no file \.\/missing\.ts\.$/m,
    );
    expect(server.output()).toMatch(
      /^ {2}throws +\.\/throws\.ts +does not load: this module cannot be loaded \(throws\.ts:1\)$/m,
    );
    expect(server.output().match(/this module cannot be loaded/g)?.length, "said once").toBe(1);
    expect(server.output()).toMatch(/curl .*"assistant_id":"steps"/);
  });

  test("P16: the line to try has the graph's own input, and runs as it stands", async () => {
    await expect.poll(() => server.output()).toContain("curl ");
    const [, line = ""] = /^ +(curl .*)$/m.exec(server.output()) ?? [];

    expect(line).toContain('"input":{"count":1}');
    expect((await runCommand("sh", ["-c", line])).stdout).toContain('{"step":{"count":2}}');
  });

  test("serves the graphs that load beside those that do not", async () => {
    const good = await ask("/runs/wait", { assistant_id: "steps", input: { count: 0, until: 2, ms: 0 } });
    const bad = await ask("/runs/wait", { assistant_id: "throws", input: {} });

    expect(JSON.parse(good)).toMatchObject({ count: 2 });
    expect(bad).toContain("throws.ts");
  });

  test("keeps its own keys and endpoints to itself, and its table where it is", async () => {
    const names = [
      "AWS_ACCESS_KEY_ID",
      "AWS_ENDPOINT_URL_SQS",
      "THREADLINE_TABLE_NAME",
      "FROM_CONFIG",
      "AWS_ENDPOINT_URL_DYNAMODB",
    ];

    const answer = await ask("/runs/wait", { assistant_id: "surroundings", input: { names } });

    expect(JSON.parse(answer)).toMatchObject({
      values: {
        AWS_ACCESS_KEY_ID: process.env["AWS_ACCESS_KEY_ID"] ?? "unset",
        AWS_ENDPOINT_URL_SQS: process.env["AWS_ENDPOINT_URL_SQS"] ?? "unset",
        THREADLINE_TABLE_NAME: "unset",
        FROM_CONFIG: "config",
        AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
      },
    });
  });

  test("a second one on the same data says so", async () => {
    const { code, error } = await start("--config", CONFIG, "--port", "0", "--data", data);

    expect(code).toBe(1);
    expect(error).toMatch(/in use by process \d+.*--data/);
  });
});

describe("the end", () => {
  test.each(["stop", "kill"] as const)("%s leaves no process behind, and the data for the next start", async (how) => {
    const data = join(folder, how);
    const first = await startServer({ config: CONFIG, data });
    const children = descendants(first.pid);
    const thread = await post(first.url, "/threads", {});
    const path = `/threads/${String(thread["thread_id"])}`;
    const run = await post(first.url, `${path}/runs`, { assistant_id: "steps", input: { count: 0, until: 3, ms: 0 } });
    const stream = `${path}/runs/${String(run["run_id"])}/stream`;
    const before = await replay(first.url + stream);

    await first[how]();

    expect(children.length).toBeGreaterThan(0);
    await expect.poll(() => children.filter(isAlive)).toEqual([]);

    const second = await startServer({ config: CONFIG, data });
    const after = await replay(second.url + stream);
    await second.stop();

    expect(events(after)).toEqual(events(before));
    expect(events(after).at(-1)).toContain('"count":3');
  });

  test("a table that ends by itself ends the server, which says so", async () => {
    const server = await startServer({ config: CONFIG, data: join(folder, "lost") });
    onTestFinished(() => server.stop());
    const pid = server.pid ?? Number.NaN;

    for (const child of descendants(pid)) process.kill(child, "SIGKILL");

    await expect.poll(() => isAlive(pid)).toBe(false);
    // What a process has printed is read after its end, too.
    await expect.poll(() => server.output()).toContain("The DynamoDB emulator has ended by itself.");
  });

  // Elsewhere nothing outlives both of its guards to end it.
  test.skipIf(spawnSync("setpriv", ["--version"]).status !== 0)(
    "P13: the emulator ends by itself when its guards are killed, and the server with it",
    async () => {
      const server = await startServer({ config: CONFIG, data: join(folder, "unguarded") });
      onTestFinished(() => server.stop());
      const children = descendants(server.pid);
      onTestFinished(() => children.filter(isAlive).forEach((pid) => process.kill(pid, "SIGKILL")));
      const guards = commandsWith("guard.sh", children);

      for (const guard of guards) process.kill(guard, "SIGKILL");

      expect(guards.length).toBeGreaterThan(1);
      expect(children.length).toBeGreaterThan(guards.length);
      await expect.poll(() => children.filter(isAlive)).toEqual([]);
      await expect.poll(() => isAlive(server.pid ?? Number.NaN)).toBe(false);
    },
  );

  test.skipIf(process.platform === "win32")("SIGTERM to npm alone, as of a supervisor, stops the server", async () => {
    const args = ["start", "--", "--config", CONFIG, "--port", "0", "--data", join(folder, "npm")];
    const npm = spawn("npm", args, { cwd: here("../.."), stdio: ["ignore", "pipe", "inherit"] });
    // A start that takes too long must not outlive the test, which would wait for it.
    onTestFinished(() => void npm.kill("SIGTERM"));
    let said = "";
    npm.stdout.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
    await expect.poll(() => said).toContain("curl ");
    const children = descendants(npm.pid);
    onTestFinished(() => children.filter(isAlive).forEach((pid) => process.kill(pid, "SIGKILL")));

    const ended = once(npm, "exit");
    npm.kill("SIGTERM");
    await ended;

    expect(children.length).toBeGreaterThan(1);
    await expect.poll(() => children.filter(isAlive)).toEqual([]);
  });

  test.each([
    ["stop", ["1"], "a planned stop is a hand-over, no new attempt"],
    ["kill", ["1", "2"], "the next attempt is announced"],
  ] as const)("a run in its middle goes on after %s and the next start", async (how, attempts, why) => {
    const data = join(folder, `middle-${how}`);
    const first = await startServer({ config: CONFIG, data });
    const thread = await post(first.url, "/threads", {});
    const path = `/threads/${String(thread["thread_id"])}`;
    const input = { count: 0, until: 20, ms: 150 };
    const run = await post(first.url, `${path}/runs`, { assistant_id: "steps", input });
    await expect.poll(() => text(`${first.url}${path}/state`)).toContain('"count":3');

    await first[how]();
    const second = await startServer({ config: CONFIG, data });
    const result = await text(`${second.url}${path}/runs/${String(run["run_id"])}/join`);
    const log = await replay(`${second.url}${path}/runs/${String(run["run_id"])}/stream`);
    await second.stop();

    expect(JSON.parse(result)).toMatchObject({ count: 20 });
    expect(
      [...log.matchAll(/"attempt":(\d+)/g)].map(([, attempt]) => attempt),
      why,
    ).toEqual(attempts);
  });
});

describe("other endpoints", () => {
  test("AWS_ENDPOINT_URL_DYNAMODB replaces the built-in one", async () => {
    const emulator = await startDynamodb();
    const server = await startServer({
      config: CONFIG,
      data: join(folder, "elsewhere"),
      env: { AWS_ENDPOINT_URL_DYNAMODB: emulator.endpoint, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
    });
    const children = descendants(server.pid);
    const thread = await post(server.url, "/threads", {});
    await server.stop();

    const again = await startServer({
      config: CONFIG,
      data: join(folder, "another"),
      env: { AWS_ENDPOINT_URL_DYNAMODB: emulator.endpoint, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
    });
    const found = await fetch(`${again.url}/threads/${String(thread["thread_id"])}`);
    await again.stop();
    await emulator.stop();

    expect(children).toEqual([]);
    expect(found.status).toBe(200);
  });
});

async function post(url: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

const text = async (url: string): Promise<string> => (await fetch(url)).text();

/** A run's whole stream, from the beginning to its end. */
const replay = async (url: string): Promise<string> =>
  (await fetch(url, { headers: { "last-event-id": "-1" } })).text();

/** Frames without keep-alive comments, which come by time. */
const events = (body: string): string[] =>
  body
    .split("\n\n")
    .map((frame) => frame.replaceAll(/^:.*\n/gm, ""))
    .filter(Boolean);
