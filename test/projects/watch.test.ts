/** `npm start -- --watch`: what is saved is served by the next run, and a run in flight goes on with what it began with. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

let folder: string;
let server: TestServer;
let client: Client;

const save = (file: string, text: string): void => writeFileSync(join(folder, "project", file), text);
const word = (said: string): void => save("word.ts", `export const word = ${JSON.stringify(said)};\n`);
const config = (graphs: Record<string, string>): void => save("langgraph.json", JSON.stringify({ graphs }));

/** Two steps with a pause for a person's sake between them; each says the word that it was loaded with. */
const GRAPH = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Annotation, StateGraph } from "@langchain/langgraph";
import { word } from "./word.js";

const State = Annotation.Root({ gate: Annotation<string>, said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }) });

export const graph = new StateGraph(State)
  .addNode("first", () => ({ said: [word] }))
  .addNode("second", async ({ gate }) => {
    while (gate && !existsSync(gate)) await sleep(10);
    const { late } = await import("./late.js");
    return { said: [word, late] };
  })
  .addEdge("__start__", "first")
  .addEdge("first", "second")
  .compile();
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-watch-"));
  mkdirSync(join(folder, "project"));
  symlinkSync(resolve("node_modules"), join(folder, "project", "node_modules"));
  save("package.json", JSON.stringify({ private: true, type: "module" }));
  save("agent.ts", GRAPH);
  save("late.ts", 'export { word as late } from "./word.js";\n');
  word("one");
  config({ agent: "./agent.ts:graph" });
  server = await startServer({ config: join(folder, "project", "langgraph.json"), watch: true });
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const said = async (graph = "agent"): Promise<unknown> =>
  ((await client.runs.wait(null, graph, { input: {} })) as { said?: string[] }).said;

test("a saved file is served by the next run", async () => {
  expect(await said()).toEqual(["one", "one", "one"]);

  word("two");

  await expect.poll(() => said()).toEqual(["two", "two", "two"]);
});

test("a run in flight goes on with what it began with, modules that it imports later included", async () => {
  const gate = join(folder, "gate");
  const { thread_id } = await client.threads.create();
  const { run_id } = await client.runs.create(thread_id, "agent", { input: { gate } });
  await expect.poll(async () => (await client.threads.getState(thread_id)).next).toEqual(["second"]);

  word("three");
  await expect.poll(() => said()).toEqual(["three", "three", "three"]);
  writeFileSync(gate, "");

  expect(await client.runs.join(thread_id, run_id)).toMatchObject({ said: ["two", "two", "two"] });
});

test("a thread goes on under the new source", async () => {
  const { thread_id } = await client.threads.create();
  await client.runs.wait(thread_id, "agent", { input: {} });
  word("four");
  await expect.poll(() => said()).toEqual(["four", "four", "four"]);

  const values = await client.runs.wait(thread_id, "agent", { input: {} });

  expect(values).toMatchObject({ said: ["three", "three", "three", "four", "four", "four"] });
});

test("source that does not compile is told, and so is that the next save mends it", async () => {
  save("word.ts", "export const word = ;\n");
  await expect.poll(() => server.output()).toMatch(/agent +\S+ +does not load: .*word\.ts:1/);
  await expect(client.runs.wait(null, "agent", { input: {} })).rejects.toThrow(/word\.ts:1/);

  word("five");

  await expect.poll(() => said().catch(() => undefined)).toEqual(["five", "five", "five"]);
  await expect.poll(() => server.output()).toMatch(/agent +\S+ +loads now$/m);
});

test("R23: the only graph file is gone for a moment: a wait in flight and its thread go on with what was loaded", async () => {
  const gate = join(folder, "gate-of-the-gone");
  const { thread_id } = await client.threads.create();
  const waiting = client.runs.wait(thread_id, "agent", { input: { gate } });
  await expect.poll(async () => (await client.threads.getState(thread_id)).next).toEqual(["second"]);
  const printed = server.output().length;

  rmSync(join(folder, "project", "agent.ts"));
  await expect.poll(() => server.output().slice(printed)).toMatch(/agent +\S+ +does not load: .*agent\.ts/);
  const meanwhile = await client.threads.get(thread_id);
  writeFileSync(gate, "");
  const values = await waiting;
  const after = await client.threads.get(thread_id);
  save("agent.ts", GRAPH);

  expect(meanwhile).toMatchObject({ status: "busy" });
  expect(values).toMatchObject({ said: ["five", "five", "five"] });
  expect(after).toMatchObject({ status: "idle", values: { said: ["five", "five", "five"] } });
  await expect.poll(() => said().catch(() => undefined)).toEqual(["five", "five", "five"]);
});

test("R23: while packages are installed anew, what is served stays", async () => {
  const modules = join(folder, "project", "node_modules");
  const printed = server.output().length;

  rmSync(modules);
  save("late.ts", 'export { word as late } from "./word.js";\n// saved meanwhile\n');
  await expect.poll(() => server.output().slice(printed)).toMatch(/served as it was: @langchain\/langgraph/);
  const meanwhile = await said();
  symlinkSync(resolve("node_modules"), modules);
  word("six");

  expect(meanwhile).toEqual(["five", "five", "five"]);
  await expect.poll(() => said().catch(() => undefined)).toEqual(["six", "six", "six"]);
  word("five");
  await expect.poll(() => said().catch(() => undefined)).toEqual(["five", "five", "five"]);
});

test("a graph that is added to langgraph.json is served; a config that is no JSON leaves all as it was", async () => {
  config({ agent: "./agent.ts:graph", other: "./agent.ts:graph" });
  await expect.poll(() => said("other").catch(() => undefined)).toEqual(["five", "five", "five"]);

  save("langgraph.json", "{ graphs");

  await expect.poll(() => server.output()).toMatch(/saved, but served as it was: .*langgraph\.json/);
  expect(await said("other")).toEqual(["five", "five", "five"]);
});
