/** A project's variables, as its graphs see them on each host. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { start, startWith } from "../support/failed-start.ts";
import { startServer, type TestServer } from "../support/server.ts";

const GRAPH = `
import { Annotation, StateGraph } from "@langchain/langgraph";

const atImport = { ...process.env };
const State = Annotation.Root({ told: Annotation<unknown>, names: Annotation<string[]>, seen: Annotation<unknown>, atImport: Annotation<unknown> });
const pick = (env: NodeJS.ProcessEnv, names: string[] = []) => Object.fromEntries(names.map((name) => [name, env[name] ?? null]));

export const graph = new StateGraph(State)
  .addNode("look", ({ names }, { configurable, context }) => ({ told: [configurable?.model ?? null, context ?? null], seen: pick(process.env, names), atImport: pick(atImport, names) }))
  .addEdge("__start__", "look")
  .compile();
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-variables-"));
  mkdirSync(join(folder, "project"));
  symlinkSync(resolve("node_modules"), join(folder, "project", "node_modules"));
  save("package.json", JSON.stringify({ private: true, type: "module" }));
  save("agent.ts", GRAPH);
  save("langgraph.json", JSON.stringify({ graphs: { agent: "./agent.ts:graph" }, env: ".env" }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const save = (file: string, text: string): void => writeFileSync(join(folder, "project", file), text);
const config = (): string => join(folder, "project", "langgraph.json");

async function look({ url }: TestServer, ...names: string[]): Promise<Record<string, unknown>> {
  const client = new Client({ apiUrl: url, apiKey: null });
  const { seen, atImport } = (await client.runs.wait(null, "agent", { input: { names } })) as Record<string, unknown>;
  expect(atImport).toEqual(seen);
  return seen as Record<string, unknown>;
}

describe.each([false, true])("with --isolated: %s", (isolated) => {
  test("S11, P8: the project's variables arrive under any name, and the shell's win over them", async () => {
    const own = {
      TABLE_NAME: "orders",
      QUEUE_URL: "amqp://localhost",
      PROJECT_DIR: "src",
      AUTH: "basic",
      CORS: "*",
      CORS_ALLOW_ORIGINS: "everybody",
      LOG_LEVEL: "loud",
      STREAM_CUT: "deep",
      WEBHOOK_SECRET: "theirs",
      AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "theirs",
      AWS_SECRET_ACCESS_KEY: "theirs",
    };
    save(
      ".env",
      `\uFEFF${Object.entries(own)
        .map(([name, value]) => `export\t${name}=${value}\n`)
        .join("")}SHELL_WINS=no\n`,
    );
    await using server = disposable(
      await startServer({ config: config(), isolated, env: { SHELL_WINS: "yes", AWS_REGION: "eu-north-1" } }),
    );

    const seen = await look(server, ...Object.keys(own), "SHELL_WINS", "AWS_REGION");

    expect(seen).toEqual({ ...own, SHELL_WINS: "yes", AWS_REGION: "eu-north-1" });
    expect(server.output()).not.toContain("note:");
  });
});

test("N4: with --watch an env file that is saved, and one that is there again as it was, is served by the next run", async () => {
  save(".env", "MODEL=small\nGONE=here\n");
  await using server = disposable(await startServer({ config: config(), watch: true, env: { FROM_SHELL: "shell" } }));
  const seen = () => look(server, "MODEL", "GONE", "FROM_SHELL");
  const before = await seen();

  save(".env", "MODEL=large\nFROM_SHELL=file\n");
  await expect.poll(seen).toEqual({ MODEL: "large", GONE: null, FROM_SHELL: "shell" });
  save(".env", "MODEL=small\nGONE=here\n");
  await expect.poll(seen).toEqual(before);
  rmSync(join(folder, "project", ".env"));
  await expect.poll(seen).toEqual({ MODEL: null, GONE: null, FROM_SHELL: "shell" });
  save(".env", "MODEL=tiny\n");
  await expect.poll(seen).toEqual({ MODEL: "tiny", GONE: null, FROM_SHELL: "shell" });

  expect(before).toEqual({ MODEL: "small", GONE: "here", FROM_SHELL: "shell" });
  expect(server.output()).toContain("There is no file .env");
});

test("N4, P2: with --watch new default configs are served, and wrong ones told while the others stay", async () => {
  const defaults = (tone: string): void => save(".env", `LANGGRAPH_CONFIG={"agent":{"context":{"tone":"${tone}"}}}\n`);
  defaults("dry");
  await using server = disposable(await startServer({ config: config(), watch: true }));
  const client = new Client({ apiUrl: server.url, apiKey: null });
  const context = async () => (await client.assistants.get("agent")).context;
  const before = await context();

  defaults("warm");
  await expect.poll(context).toEqual({ tone: "warm" });
  save(".env", "LANGGRAPH_CONFIG=[\n");
  await expect.poll(() => server.output()).toMatch(/saved, but served as it was: LANGGRAPH_CONFIG: is not JSON/);

  expect(before).toEqual({ tone: "dry" });
  expect(await context()).toEqual({ tone: "warm" });
});

describe.each([false, true])("with --isolated: %s", (isolated) => {
  test("P2: LANGGRAPH_CONFIG gives the graph's assistant its config and context", async () => {
    const defaults = {
      agent: { configurable: { model: "small" }, recursion_limit: 7, context: { tone: "dry" } },
      other: {},
    };
    save(".env", `LANGGRAPH_CONFIG=${JSON.stringify(defaults)}\n`);
    await using server = disposable(await startServer({ config: config(), isolated }));
    const client = new Client({ apiUrl: server.url, apiKey: null });
    const told = async (options: object): Promise<unknown> =>
      ((await client.runs.wait(null, "agent", { input: {}, ...options })) as Record<string, unknown>)["told"];

    expect(await client.assistants.get("agent")).toMatchObject({
      config: { configurable: { model: "small" }, recursion_limit: 7 },
      context: { tone: "dry" },
    });
    expect(await told({})).toEqual(["small", { tone: "dry" }]);
    expect(await told({ config: { configurable: { model: "large" } }, context: { place: "here" } })).toEqual([
      "large",
      { tone: "dry", place: "here" },
    ]);
  });
});

test.each([
  ["no json", /^LANGGRAPH_CONFIG: is not JSON of graph id to config \(.*\)\n$/],
  ["[]", /^LANGGRAPH_CONFIG: .*record.*\n$/],
  ['{"agent":{"recursion_limit":"many"}}', /^LANGGRAPH_CONFIG\.agent\.recursion_limit: .*number.*\n$/],
])("P2: LANGGRAPH_CONFIG=%s ends the start with a line that says what is wrong", async (text, line) => {
  save(".env", `LANGGRAPH_CONFIG='${text}'\n`);

  const { code, error } = await start("--config", config(), "--port", "0", "--data", join(folder, "data"));

  expect(error).toMatch(line);
  expect(code).toBe(2);
});

test("N7, S11: a missing env file, and settings under their names of before, take one line each in the banner", async () => {
  await using server = disposable(
    await startServer({ config: config(), env: { STREAM_CUT: "clean", AUTH: "key", THREADLINE_STREAM_PAD: "off" } }),
  );

  await expect.poll(() => server.output()).toContain("curl ");

  expect(server.output().match(/note: .*/g)).toEqual([
    'note: There is no file .env, which "env" of langgraph.json names: graphs do not get its variables.',
    "note: AUTH, STREAM_CUT: seen by graphs alone; a setting of this server is called THREADLINE_AUTH, THREADLINE_STREAM_CUT",
  ]);
});

test("S11: a name with our prefix that is no setting is refused, and one in the project's env told", async () => {
  const mistyped = await startWith({ THREADLINE_STREEM_CUT: "clean" }, "--config", config(), "--port", "0");
  save(".env", "THREADLINE_STREAM_CUT=clean\n");
  await using server = disposable(await startServer({ config: config() }));
  await expect.poll(() => server.output()).toContain("curl ");

  expect(mistyped).toMatchObject({ code: 2, error: "THREADLINE_STREEM_CUT: there is no such setting of npm start.\n" });
  expect(server.output()).toContain('THREADLINE_STREAM_CUT of "env" has no effect');
});

const disposable = (server: TestServer): TestServer & AsyncDisposable =>
  Object.assign(server, { [Symbol.asyncDispose]: () => server.stop() });
