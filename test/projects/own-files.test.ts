/** S3, S4, S6: what a node reads, lists and starts of its project is there on every host; what is not there is explained by its rule. */
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { type LinkedProject, linkedProject } from "../support/linked-project.ts";
import { startServer, type TestServer } from "../support/server.ts";

const SOURCE = `
import { readdirSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { Annotation, StateGraph } from "@langchain/langgraph";

enum Kind { Compiled = "compiled" }
const at = (name: string) => new URL(name, import.meta.url);
const State = Annotation.Root({ ask: Annotation<string>, answer: Annotation<unknown> });
const answers: Record<string, () => unknown> = {
  kind: () => Kind.Compiled,
  listed: () => readdirSync(at("tools")).toSorted(),
  imported: () => Promise.all(readdirSync(at("tools")).map(async (name) => (await import("./tools/" + name)).name)),
  source: () => readFileSync(at("tools/a.ts"), "utf8"),
  root: () => readFileSync(at("../../../prompts/system.md"), "utf8"),
  thread: () => new Promise((done, fail) => new Worker(at("thread.ts")).once("message", done).once("error", fail)),
  absent: () => readFileSync(at("../" + [".ca", "che"].join("") + "/x"), "utf8"),
};

export const graph = new StateGraph(State)
  .addNode("look", async ({ ask }) => ({ answer: await answers[ask]?.() }))
  .addEdge("__start__", "look")
  .compile();
`;
const TOOL = 'enum Tool { A = "a" }\nexport const name = Tool.A; // as it is\n';
const FILES = {
  "package.json": JSON.stringify({ private: true, workspaces: ["apps/*"] }),
  "prompts/system.md": "be good",
  "apps/agent/package.json": JSON.stringify({ name: "agent", type: "module" }),
  "apps/agent/langgraph.json": JSON.stringify({ graphs: { files: "./src/graph.ts:graph" } }),
  "apps/agent/src/graph.ts": SOURCE,
  "apps/agent/src/tools/a.ts": TOOL,
  "apps/agent/src/thread.ts":
    'import { parentPort } from "node:worker_threads";\nimport { name } from "./tools/a.js";\nenum E { X = "thread" }\nparentPort?.postMessage(E.X + name);\n',
  "apps/agent/.cache/x": "",
};

let project: LinkedProject;
beforeAll(() => {
  project = linkedProject(FILES);
});
afterAll(() => project.remove());

describe.each([
  ["npm start", {}],
  ["--watch", { watch: true }],
  ["--isolated", { isolated: true }],
])("%s", (_, host) => {
  let server: TestServer;
  let client: Client;
  beforeAll(async () => {
    server = await startServer({ config: join(project.folder, "apps/agent/langgraph.json"), ...host });
    client = new Client({ apiUrl: server.url, apiKey: null });
  });
  afterAll(() => server.stop());

  const answer = async (ask: string): Promise<unknown> =>
    ((await client.runs.wait(null, "files", { input: { ask }, raiseError: false })) as { answer?: unknown }).answer;

  test("S3, S4, S6: the node's own files are as they are in place, and do what was compiled of them", async () => {
    const asked = ["kind", "listed", "imported", "source", "root", "thread"];

    expect(await Promise.all(asked.map(answer))).toEqual(["compiled", ["a.ts"], ["a"], TOOL, "be good", "threada"]);
  });

  test("S5: a missing file names the rule that left it out", async () => {
    await answer("absent");

    await expect.poll(() => server.output()).toContain("apps/agent/.cache/x is not here: written by tools");
  });
});
