/**
 * `npm start -- --watch` during hectic work: half-written, deleted and renamed files, a new package, a broken langgraph.json. Runs in
 * flight go on with their old code. `npm run storm:watch` is the long form of the last test.
 */
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

const RELOADS = Number(process.env["WATCH_RELOADS"] ?? 15);
/** States that stay on disk, WATCH_KEPT. */
const KEPT = 5;

let folder: string;
let server: TestServer;
let client: Client;

const at = (file: string): string => join(folder, "project", file);
const save = (file: string, text: string): void => writeFileSync(at(file), text);
const wordCode = (said: string): string => `export const word = ${JSON.stringify(said)};\n`;
const config = (...names: string[]): void =>
  save(
    "langgraph.json",
    JSON.stringify({ graphs: Object.fromEntries(names.map((name) => [name, "./agent.ts:graph"])) }),
  );

const graphCode = (from: string): string => `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Annotation, StateGraph } from "@langchain/langgraph";
import { word } from "${from}";

const State = Annotation.Root({ gate: Annotation, measure: Annotation, said: Annotation, heap: Annotation });
const measured = () => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
};
export const graph = new StateGraph(State)
  .addNode("wait", async ({ gate, measure }) => {
    while (gate && !existsSync(gate)) await sleep(10);
    const { late } = gate ? await import("./only-later.js") : await import("./late.js");
    return { said: word + " " + late, ...(measure ? { heap: measured() } : {}) };
  })
  .addEdge("__start__", "wait")
  .compile();
`;

function sayFrom(file: string): void {
  save("late.ts", `export { word as late } from "./${file}.js";\n`);
  save("agent.ts", graphCode(`./${file}.js`));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-storm-"));
  mkdirSync(at("node_modules"), { recursive: true });
  symlinkSync(resolve("node_modules/@langchain"), at("node_modules/@langchain"));
  save("package.json", JSON.stringify({ private: true, type: "module" }));
  sayFrom("word");
  save("only-later.ts", 'export { late } from "./late.js";\n');
  save("word.ts", wordCode("old"));
  config("agent");
  server = await startServer({ config: at("langgraph.json"), watch: true });
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const run = async (input: object = {}, graph = "agent"): Promise<{ said?: string; heap?: number }> =>
  (await client.runs.wait(null, graph, { input: { ...input } })) as { said?: string; heap?: number };
const said = async (graph = "agent"): Promise<unknown> => (await run({}, graph)).said;
const served = (word: string, graph = "agent"): Promise<void> =>
  expect.poll(() => said(graph).catch(() => undefined)).toBe(`${word} ${word}`);
const since = (printed: number): string => server.output().slice(printed);
const builds = (): string[] => readdirSync(at(".threadline/watch"));

async function inFlight(gate: string): Promise<() => Promise<unknown>> {
  const { thread_id } = await client.threads.create();
  const { run_id } = await client.runs.create(thread_id, "agent", { input: { gate } });
  await expect.poll(async () => (await client.threads.getState(thread_id)).next).toEqual(["wait"]);
  return async () => ((await client.runs.join(thread_id, run_id)) as { said?: string }).said;
}

test("three runs in flight go on with their old code through a storm of saves, which is served as it ends", async () => {
  await served("old");
  const gate = join(folder, "gate");
  const runs = await Promise.all([inFlight(gate), inFlight(gate), inFlight(gate)]);

  for (let n = 1; n <= 20; n++) save("word.ts", wordCode(`row ${n}`));
  await served("row 20");
  for (let n = 1; n <= 2 * KEPT; n++) {
    save("word.ts", wordCode(`one by one ${n}`));
    await served(`one by one ${n}`);
  }

  const half = openSync(at("word.ts"), "w");
  writeSync(half, 'export const word = "ha');
  const printed = server.output().length;
  await expect.poll(() => since(printed)).toMatch(/does not load: .*word\.ts:1/);
  writeSync(half, 'lf";\n');
  closeSync(half);
  await served("half");

  renameSync(at("word.ts"), at("words.ts"));
  await expect.poll(() => said().catch(String)).toMatch(/word/);
  sayFrom("words");
  await served("half");
  rmSync(at("words.ts"));
  await expect.poll(() => said().catch(String)).toMatch(/words/);
  save("words.ts", wordCode("written again"));
  await served("written again");

  writeFileSync(gate, "");
  expect(await Promise.all(runs.map((ended) => ended()))).toEqual(["old old", "old old", "old old"]);
});

test("a package that is installed and then imported is there with the save", async () => {
  mkdirSync(at("node_modules/fresh"));
  save("node_modules/fresh/package.json", JSON.stringify({ name: "fresh", type: "module", exports: "./index.js" }));
  save("node_modules/fresh/index.js", 'export const word = "fresh";');

  save("words.ts", 'export { word } from "fresh";\n');
  sayFrom("words");

  await expect.poll(() => said().catch(() => undefined)).toBe("fresh fresh");
});

test("a package that is imported before it is installed is there when it is", async () => {
  const printed = server.output().length;
  save("words.ts", 'export { word } from "tardy";\n');
  sayFrom("words");
  await expect.poll(() => since(printed)).toMatch(/does not load: .*tardy/);

  mkdirSync(at("node_modules/tardy"));
  save("node_modules/tardy/package.json", JSON.stringify({ name: "tardy", type: "module", exports: "./index.js" }));
  save("node_modules/tardy/index.js", 'export const word = "tardy";');

  await expect.poll(() => said().catch(() => undefined)).toBe("tardy tardy");
});

test("a broken langgraph.json is told once, changes nothing, and is followed when it is whole", async () => {
  const printed = server.output().length;
  save("words.ts", wordCode("without it"));
  sayFrom("words");
  await served("without it");
  const told = (): number => since(printed).match(/served as it was: .*langgraph\.json/g)?.length ?? 0;

  // As an editor under load: emptied, and written in two steps.
  save("langgraph.json", "");
  await expect.poll(told).toBe(1);
  for (let n = 0; n < 5; n++) {
    save("langgraph.json", "");
    await served("without it");
  }
  expect(told()).toBe(1);

  config("agent", "other");
  await served("without it", "other");
  config("agent");
});

test(
  `${RELOADS} reloads leave no threads, open files, folders, and little memory`,
  async () => {
    const task = (kind: "task" | "fd"): number => readdirSync(`/proc/${server.pid}/${kind}`).length;
    const reload = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n++) {
        save("words.ts", wordCode(`reload ${n}`));
        await served(`reload ${n}`);
      }
    };
    sayFrom("words");
    await reload(0, 5);
    const before = { threads: task("task"), files: task("fd"), heap: (await run({ measure: true })).heap ?? 0 };

    await reload(5, 5 + RELOADS);

    const { heap = Infinity } = await run({ measure: true });
    if (process.env["WATCH_RELOADS"])
      console.log({ before, heap, threads: task("task"), files: task("fd"), builds: builds() });
    expect(builds()).toHaveLength(KEPT);
    // Pools of threads and connections breathe; a leak would be one for each reload.
    await expect.poll(() => task("task")).toBeLessThan(before.threads + RELOADS / 2);
    await expect.poll(() => task("fd")).toBeLessThan(before.files + RELOADS / 2);
    // Node keeps each ES module that it has loaded: small ones, as a project's own are.
    expect(heap / before.heap).toBeLessThan(1.5);
  },
  60_000 + RELOADS * 2_000,
);
