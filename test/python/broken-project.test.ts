/** A project in which nearly everything is wrong: each mistake is told with its line, and what is right is served. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestServer } from "../support/server.ts";
import { startPython } from "./python-server.ts";

const GOOD = `
from typing import TypedDict
from langgraph.graph import START, StateGraph
class State(TypedDict, total=False):
    topic: str
def work(state): return {"topic": "x"}
graph = StateGraph(State).add_node(work).add_edge(START, "work").compile()
builder = StateGraph(State)
number, text, nothing = 3, "graph", None
def gives(): return 3
def three(a, b, c): return graph
def two(a, b): return graph
def raises(): raise KeyError("MODEL")
def leaves(): raise SystemExit("no more")
`;
const FILES: Record<string, string> = {
  "good.py": GOOD,
  "syntax.py": "x = 1\ndef f(:\n",
  "tabs.py": "if x:\n\ty = 1\n        z = 2\n",
  "latin.py": 's = "ä"\n',
  "name.py": "\n\ngraph = undefined\n",
  "imports.py": "from good import nothing_like_it\n",
  "package.py": "\nimport a_package_that_is_not_there.part\n",
  "circle_a.py": "from circle_b import x\n",
  "circle_b.py": "from circle_a import y\n",
  "exits.py": "import sys\nsys.exit(3)\n",
  "stops.py": "raise KeyboardInterrupt\n",
};

const DOES_NOT_LOAD: [graph: string, spec: string, why: string | RegExp][] = [
  ["syntax", "./syntax.py:graph", "SyntaxError: invalid syntax (syntax.py:2)"],
  ["tabs", "./tabs.py:graph", "TabError: inconsistent use of tabs and spaces in indentation (tabs.py:3)"],
  ["latin", "./latin.py:graph", /SyntaxError: .*'utf-8' codec can't decode.*\(latin\.py:1\)$/],
  ["name", "./name.py:graph", "NameError: name 'undefined' is not defined (name.py:3)"],
  ["imports", "./imports.py:graph", /ImportError: cannot import name 'nothing_like_it' .*\(imports\.py:1\)$/],
  [
    "package",
    "./package.py:graph",
    "ModuleNotFoundError: No module named 'a_package_that_is_not_there' (package.py:2). " +
      "If a package has it, install that, and name it in the project's dependencies.",
  ],
  ["circle", "./circle_a.py:graph", /ImportError: cannot import name 'y' .*\(circle_b\.py:1\)$/],
  ["exits", "./exits.py:graph", "SystemExit: 3 (exits.py:2)"],
  ["stops", "./stops.py:graph", "KeyboardInterrupt (stops.py:1)"],
  ["no_file", "./nowhere.py:graph", "There is no file ./nowhere.py."],
  ["no_module", "nowhere.graph:graph", /^ModuleNotFoundError: No module named 'nowhere'\. If a package has it/],
  ["no_name", "./good.py:grpah", /^it has no "grpah", only work, graph, builder, gives, three/],
  ["number", "./good.py:number", "it is not a graph: int"],
  ["text", "./good.py:text", "it is not a graph: str"],
  ["nothing", "./good.py:nothing", "it is not a graph: NoneType"],
  ["class", "./good.py:State", "it is not a graph: the class State"],
  ["builder", "./good.py:builder", /^ValueError: Graph must have an entrypoint/],
  ["three", "./good.py:three", "its factory takes a config and a ServerRuntime at most, by annotation, not a, b, c"],
  ["two", "./good.py:two", "its factory takes a config and a ServerRuntime at most, by annotation, not a, b"],
];
/** What only a run shows. */
const FACTORIES: [graph: string, error: object][] = [
  ["gives", { error: "NoGraph", message: "it is not a graph: int" }],
  ["raises", { error: "KeyError", message: "'MODEL'" }],
  ["leaves", { error: "SystemExit", message: "no more" }],
  ["work", { error: "NoGraph", message: "it is not a graph: dict" }],
];

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-broken-"));
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(folder, name), text, name === "latin.py" ? "latin1" : "utf8");
  }
  const specs = DOES_NOT_LOAD.map(([graph, spec]) => [graph, spec]);
  const factories = FACTORIES.map(([graph]) => [graph, `./good.py:${graph}`]);
  const graphs = Object.fromEntries([["good", "./good.py:graph"], ...specs, ...factories]) as object;
  const config = join(folder, "langgraph.json");
  writeFileSync(config, JSON.stringify({ dependencies: [".", "./not-there"], env: "./secrets.env", graphs }));
  server = await startPython({ config });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function waitFor(assistant_id: string): Promise<unknown> {
  const body = JSON.stringify({ assistant_id, input: { topic: "a" } });
  const headers = { "content-type": "application/json" };
  return (await fetch(`${server.url}/runs/wait`, { method: "POST", headers, body })).json();
}

const served = { topic: "x" };

test.each(DOES_NOT_LOAD)("%s does not load (%s): its run says why, the others are served", async (graph, spec, why) => {
  const { __error__: failed } = (await waitFor(graph)) as { __error__: { error: string; message: string } };

  const [named, reason] = failed.message.split(" does not load: ");
  expect([failed.error, named]).toEqual(["GraphError", `Graph "${graph}" (${spec})`]);
  expect(reason).toMatch(why);
  expect(await waitFor("good")).toEqual(served);
});

test.each(FACTORIES)("%s is a factory that makes no graph: its run says so", async (graph, error) => {
  expect(await waitFor(graph)).toEqual({ __error__: error });
  expect(await waitFor("good")).toEqual(served);
});

test("the start lists each graph, and notes what langgraph.json names and is not there", async () => {
  await expect.poll(() => server.output()).toMatch(/no_name +\.\/good\.py +does not load: it has no "grpah"/);
  expect(server.output()).toContain("note: There is no folder ./not-there,");
  expect(server.output()).toContain("note: There is no file ./secrets.env,");
});

test("no mistake has ended the process of the graphs", () => {
  expect(server.output()).not.toContain("has ended");
});
