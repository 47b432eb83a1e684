/** `npm start -- --watch` with graphs that write files while they load: that is no reason to load them again. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

let folder: string;
let server: TestServer;
let client: Client;

const at = (file: string): string => join(folder, file);
const linesOf = (file: string): number =>
  existsSync(at(file)) ? readFileSync(at(file), "utf8").split("\n").length - 1 : 0;
const loads = (): number => linesOf("loads.log");
const later = (): number => linesOf("later.log");

/** The first line counts loads in a file that no build looks at. */
const writing = (lines: string): string => `
import fs, { appendFileSync, createWriteStream, writeFileSync } from "node:fs";
import { open, rename, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Annotation, StateGraph } from "@langchain/langgraph";

appendFileSync("loads.log", "load\\n");
const now = () => String(process.hrtime.bigint());
export const graph = new StateGraph(Annotation.Root({ said: Annotation }))
  .addNode("say", () => ({ said: SAID }))
  .addEdge("__start__", "say")
  .compile();
const SAID = fs.readFileSync("prompt.md", "utf8");
${lines}
`;

/** How a graph writes when it is loaded. */
const WAYS: Record<string, string> = {
  "at import, a drawing": 'writeFileSync("graph.mmd", graph.getGraph().drawMermaid() + now());',
  "by a stream": 'createWriteStream("stream.txt").end(now());',
  "by a file handle": 'const file = await open("handle.txt", "w"); await file.write(now()); await file.close();',
  "by a temporary file": 'await writeFile("new.tmp", now()); await rename("new.tmp", "renamed.txt");',
  "what goes and comes":
    'fs.rmSync("out", { recursive: true, force: true }); fs.mkdirSync("out"); writeFileSync("out/a.txt", now());',
  "source that it imports":
    'writeFileSync("made.ts", "export const made = " + now() + ";"); await import("./made.ts");',
  "after its import": 'void sleep(200).then(() => writeFile("late.txt", now()));',
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-writes-"));
  symlinkSync(resolve("node_modules"), at("node_modules"));
  writeFileSync(at("package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(at("langgraph.json"), JSON.stringify({ graphs: { agent: "./agent.ts:graph" } }));
  writeFileSync(at("made.ts"), "export const made = 0;");
  writeFileSync(at("prompt.md"), "one");
  const told = 'void sleep(400).then(() => appendFileSync("later.log", "later\\n"));';
  writeFileSync(at("agent.ts"), writing([...Object.values(WAYS), told].join("\n")));
  server = await startServer({ config: at("langgraph.json"), watch: true });
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const said = async (): Promise<unknown> =>
  ((await client.runs.wait(null, "agent", { input: {} })) as { said?: string }).said;

test("S2: what a load writes is no reason to load again, what a person saves beside it is", async () => {
  expect(await said()).toBe("one");
  await expect.poll(later).toBe(1);

  // Whatever the writes above were taken for is built before this: there is one watcher, and it builds one after the other.
  writeFileSync(at("prompt.md"), "two");
  await expect.poll(said).toBe("two");
  await expect.poll(later).toBe(2);
  writeFileSync(at("prompt.md"), "three");
  await expect.poll(said).toBe("three");

  expect(loads()).toBe(3);
  await expect.poll(() => server.output().match(/saved at /g) ?? []).toHaveLength(2);
  expect(readFileSync(at("graph.mmd"), "utf8")).toContain("say");
});

test("S2: a file that a load wrote is served anew when a person changes it", async () => {
  const before = loads();

  appendFileSync(at("graph.mmd"), "\n%% by hand\n");

  await expect.poll(loads).toBe(before + 1);
});

test("S2: a file that is saved again as it was is no change", async () => {
  const before = loads();

  writeFileSync(at("prompt.md"), "three");
  writeFileSync(at("agent.ts"), readFileSync(at("agent.ts")));
  writeFileSync(at("other.md"), "new");
  await expect.poll(loads).toBe(before + 1);
  await said();

  expect(loads()).toBe(before + 1);
});
