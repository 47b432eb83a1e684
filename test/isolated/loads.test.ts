/** What functions load of a project: the API no graph, a worker all at its start, where Lambda gives it a whole CPU. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Notes at import which function does it; other processes of the host have no name. */
const GRAPH = (name: string): string => `
  import { appendFileSync } from "node:fs";
  import { START, StateGraph, StateSchema } from "@langchain/langgraph";
  import { z } from "zod";
  const State = new StateSchema({ said: z.string().optional() });
  appendFileSync(String(process.env["LOADS"]), \`\${process.env["AWS_LAMBDA_FUNCTION_NAME"]} ${name}\\n\`);
  export const graph = new StateGraph(State).addNode("say", () => ({ said: "${name}" })).addEdge(START, "say").compile();
`;

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-loads-"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  const graphs = Object.fromEntries(["one", "two", "three"].map((name) => [name, `./${name}.ts:graph`]));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "langgraph.json"), JSON.stringify({ graphs }));
  for (const name of Object.keys(graphs)) writeFileSync(join(folder, `${name}.ts`), GRAPH(name));
  const env = { LOADS: join(folder, "loads") };
  server = await startServer({ config: join(folder, "langgraph.json"), isolated: true, env });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("A3: the API loads none, also where it reads a thread, its state and its history; a worker imports each graph once, before its first run", async () => {
  const client = new Client({ apiUrl: server.url, apiKey: null });
  const { thread_id } = await client.threads.create();

  const values = await client.runs.wait(thread_id, "two", { input: {} });
  const thread = await client.threads.get(thread_id);
  await client.runs.list(thread_id);
  const state = await client.threads.getState(thread_id);
  const history = await client.threads.getHistory(thread_id);

  const loads = readFileSync(join(folder, "loads"), "utf8").trim().split("\n");
  for (const shown of [values, thread.values, state.values, history[0]?.values]) expect(shown).toEqual({ said: "two" });
  expect(history.map(({ next }) => next)).toEqual([[], ["say"], ["__start__"]]);
  expect(loads.filter((line) => line.startsWith("threadline-"))).toEqual([
    "threadline-worker one",
    "threadline-worker two",
    "threadline-worker three",
  ]);
});
