/** What is said of a graph that does not load: enough to mend it. */
import { join } from "node:path";
import { freePort } from "../../local/free-port.ts";
import { type LinkedProject, linkedProject } from "../support/linked-project.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { PATIENCE } from "../support/patience.ts";

const graphsOf = (closed: number) => ({
  "fetch.ts": `const load = async () => (await fetch("http://no-such-host.invalid/x")).text();
export const graph = await load();`,
  "chain.ts": `const inner = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
const middle = new Error("request to the registry failed", { cause: inner });
throw new Error("cannot read the prompts", { cause: middle });`,
  "attempts.ts": `export const graph = await Promise.any([Promise.reject(new Error("first")), Promise.reject(new Error("second"))]);`,
  "ring.ts": `const one = new Error("one"), two = new Error("two", { cause: one });
one.cause = two;
throw one;`,
  "repeats.ts": `throw new Error("cannot start: no such model", { cause: new Error("no such model") });`,
  "object.ts": `throw { status: 401, reason: "no key" };`,
  "a-name-of-about-thirty-letters.ts": `throw new Error("no");`,
  "nameless.ts": `class QuotaError extends Error { override name = "QuotaError"; }
throw new QuotaError();`,
  "refused.ts": `export const graph = await fetch("http://localhost:${closed}/");`,
  "older.ts": `class CompiledStateGraph { invoke() {} }
export const graph = new CompiledStateGraph();`,
});

let project: LinkedProject;
let server: TestServer;
beforeAll(async () => {
  const files = Object.entries(graphsOf(await freePort()));
  const graphs = Object.fromEntries(files.map(([name]) => [name.replace(".ts", ""), `./src/${name}:graph`]));
  project = linkedProject({
    "package.json": '{"type":"module"}',
    "langgraph.json": JSON.stringify({ graphs }),
    ...Object.fromEntries(files.map(([name, text]) => [`src/${name}`, text])),
  });
  server = await startServer({ config: join(project.folder, "langgraph.json") });
  await vi.waitUntil(() => server.output().includes("no graph loads: mend it, and start again"), PATIENCE);
});
afterAll(async () => {
  await server.stop();
  project.remove();
});

test.each([
  ["fetch", /fetch failed: getaddrinfo (ENOTFOUND|EAI_AGAIN) no-such-host\.invalid \(src\/fetch\.ts:1\)$/],
  ["refused", /fetch failed: .*connect ECONNREFUSED 127\.0\.0\.1:\d+.* \(src\/refused\.ts:1\)$/],
  [
    "chain",
    /cannot read the prompts: request to the registry failed: certificate has expired \(CERT_HAS_EXPIRED\) \(src\/chain\.ts:3\)$/,
  ],
  ["attempts", /All promises were rejected: first: second \(src\/attempts\.ts:1\)$/],
  ["ring", / one: two \(src\/ring\.ts:1\)$/],
  ["repeats", / cannot start: no such model \(src\/repeats\.ts:1\)$/],
  ["object", / \{"status":401,"reason":"no key"\}$/],
  ["nameless", / QuotaError \(src\/nameless\.ts:2\)$/],
  ["older", /it is not a graph: CompiledStateGraph, made by a copy of @langchain\/langgraph before 0\.2\.74/],
])("P5, P7: %s: the whole chain of causes, with codes and the place in the project", async (graph_id, reason) => {
  const line = server.output().match(new RegExp(`^ {2}${graph_id} .*$`, "m"))?.[0];
  const body = JSON.stringify({ assistant_id: graph_id, input: {} });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${server.url}/runs/wait`, { method: "POST", headers, body });
  const { __error__: told } = (await answer.json()) as { __error__: { message: string } };

  expect(line).toMatch(reason);
  expect(told.message).toMatch(reason);
});

test("P14: the table of graphs has columns that fit the longest name", () => {
  const lines = server.output().match(/^ {2}\S+ +\.\/src\/.*$/gm) ?? [];
  const at = (text: string): number[] => [...new Set(lines.map((line) => line.indexOf(text)))];

  expect(lines).toHaveLength(Object.keys(graphsOf(0)).length);
  expect(at("./src/")).toHaveLength(1);
  expect(at("does not load: ")).toHaveLength(1);
});
