/**
 * Graphs of Python from the folder that Lambda gets: built by uv as for a deployment, run by AWS's runtime client, each invocation in a
 * process of its own.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { Client } from "@langchain/langgraph-sdk";
import { type Artefact, buildArtefact } from "../../packaging/build-artefact.ts";
import { CPUS } from "../../packaging/natives/target.ts";
import { recordShapes } from "../../packaging/preflight/record-shapes.ts";
import { tryGraphs, type TriedGraph } from "../../packaging/preflight/try-graphs.ts";
import { runUv } from "../../packaging/python/run-uv.ts";
import { type ArtefactServer, type Emulators, startArtefact, startEmulators } from "../support/artefact-server.ts";
import { isFrozen } from "../support/descendants.ts";
import { PATIENCE } from "../support/patience.ts";
import { packOwnInterpreter } from "./own-interpreter.ts";
import { interpreter, startPython } from "./python-server.ts";

/** A package that is the whole project, and one in a folder whose module is not where the project is searched. */
const PACKAGES = {
  "pyproject.toml": `
[project]
name = "the-project"
version = "0.0.7"
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[tool.setuptools]
py-modules = ["installed"]
`,
  "service/pyproject.toml": `
[project]
name = "a-service"
version = "1.2.3"
dependencies = ["idna"]
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[tool.setuptools.packages.find]
where = ["lib"]
`,
  "service/lib/a_service/__init__.py": "from idna import encode\ndef answer(): return encode('ä').decode()\n",
};
const INSTALLED = `
import os, sys
from importlib import metadata
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    versions: dict
    answer: str
    uncompiled: list
    environment: str
    read: str

def is_valid_forever(code):
    # The flags of PEP 552: by hash, and unchecked.
    return os.path.exists(code) and open(code, "rb").read(8)[4:] == b"\\x01\\0\\0\\0"

def look(_):
    import a_service
    modules = [(name, getattr(module, "__cached__", None)) for name, module in list(sys.modules.items())]
    here = os.path.dirname(os.path.abspath(__file__))
    return {
        "versions": {name: metadata.version(name) for name in ("langgraph", "the-project", "a-service", "idna")},
        "answer": a_service.answer(),
        "uncompiled": [name for name, code in modules if code and not is_valid_forever(code)],
        "environment": os.environ.get("OF_THE_PROJECT", ""),
        "read": open(os.path.join(here, "data.txt")).read(),
    }

graph = StateGraph(State).add_node("look", look).add_edge(START, "look").compile()
`;
const GRAPHS = {
  agent: "./golden/agent.py:graph",
  parent: "./golden/parent.py:graph",
  hitl: "./golden/hitl.py:graph",
  factory: "./more/factories.py:with_runtime",
  pid: "./more/pid.py:graph",
  installed: "./installed.py:graph",
  typescript: "./typescript/agent.ts:graph",
  broken: "./more/broken.py:graph",
};
const FIXTURE = new URL("../fixtures/python", import.meta.url).pathname;
const cpu = CPUS.find((one) => one === process.arch) ?? "x64";

// Builds install packages and compile them: half a minute of a whole core, and more on a busy machine.
vi.setConfig({ testTimeout: 5 * PATIENCE, hookTimeout: 10 * PATIENCE });

let folder: string;
let project: string;
let artefact: Artefact;
let tried: TriedGraph[];
let emulators: Emulators;
let server: ArtefactServer;
let client: Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-packed-"));
  project = join(folder, "project");
  layProject(project);
  process.env["THREADLINE_PYTHON"] = interpreter();
  process.env["UV_PYTHON_DOWNLOADS_JSON_URL"] = await packOwnInterpreter(interpreter(), folder);
  [artefact, emulators] = await Promise.all([
    buildArtefact({ config: join(project, "langgraph.json"), cpu }),
    startEmulators(),
  ]);
  tried = await tryGraphs(artefact, {});
  recordShapes(artefact, tried);
  server = await startArtefact(artefact.folder, emulators);
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await emulators[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function layProject(to: string): void {
  cpSync(FIXTURE, to, { recursive: true, filter: (file) => !/__pycache__|\.threadline/.test(file) });
  mkdirSync(join(to, "typescript"));
  cpSync(join(FIXTURE, "../golden/agent.ts"), join(to, "typescript/agent.ts"));
  symlinkSync(resolve("node_modules"), join(to, "node_modules"));
  writeFileSync(join(to, "installed.py"), INSTALLED);
  writeFileSync(join(to, "data.txt"), "of the project");
  const config = { dependencies: [".", "./service"], graphs: GRAPHS, env: { OF_THE_PROJECT: "set" } };
  writeFileSync(join(to, "langgraph.json"), JSON.stringify(config));
  for (const [name, text] of Object.entries(PACKAGES)) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    writeFileSync(join(to, name), text);
  }
}

/** Of every file, by path. */
function contentOf(at: string): Record<string, string> {
  const entries = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  const hash = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
  return Object.fromEntries(files.map((file) => [relative(at, file), hash(file)]));
}

test("every graph is tried in the artefact; one that does not load says why and where", () => {
  const errors = tried.flatMap(({ graph_id, error }) => (error === undefined ? [] : [[graph_id, error]]));

  expect(errors).toEqual([["broken", expect.stringContaining("No module named 'a_package_that_is_not_there'")]]);
  expect(errors[0]?.[1]).toContain("more/broken.py:3");
});

test("graphs of both languages run, each by its own; threads have state and history, and go on from an interrupt", async () => {
  const { thread_id } = await client.threads.create();
  const [ours, theirs] = [
    await client.runs.wait(null, "typescript", { input: { topic: "x" } }),
    await client.runs.wait(null, "agent", { input: { topic: "x" } }),
  ];
  await client.runs.wait(thread_id, "hitl", { input: { some_text: "old" } });
  const asked = await client.threads.getState(thread_id);
  const values = await client.runs.wait(thread_id, "hitl", { command: { resume: "new" } });

  expect(ours).toEqual(theirs);
  expect(asked.next).toEqual(["human_node"]);
  expect(values).toEqual({ some_text: "new" });
  expect((await client.threads.getHistory(thread_id)).map(({ next }) => next)).toEqual([
    [],
    ["human_node"],
    ["__start__"],
  ]);
});

test("it has the versions that are installed here, packages in folders, compiled modules, the project's files and variables", async () => {
  const { versions, ...seen } = (await client.runs.wait(null, "installed", { input: {} })) as {
    versions: Record<string, string>;
  };

  const ask = "from importlib.metadata import version; print(version('langgraph'))";
  const here = execFileSync(interpreter(), ["-c", ask], { encoding: "utf8" }).trim();
  expect(versions).toEqual({ langgraph: here, "the-project": "0.0.7", "a-service": "1.2.3", idna: expect.any(String) });
  expect(seen).toEqual({ answer: "xn--4ca", uncompiled: [], environment: "set", read: "of the project" });
});

test("drawings, schemas and topologies are in it, except those of factories", async () => {
  const shapes = JSON.parse(readFileSync(join(artefact.folder, "project/shapes.json"), "utf8")) as object;

  expect(Object.keys(shapes)).toEqual(["agent", "parent", "hitl", "pid", "installed", "typescript"]);
  const { graphs } = JSON.parse(readFileSync(join(artefact.folder, "project/manifest.json"), "utf8")) as {
    graphs: Record<string, { topology?: string }>;
  };
  expect(Object.keys(graphs).filter((id) => graphs[id]?.topology === undefined)).toEqual(["factory", "broken"]);
  const drawing = await client.assistants.getGraph("parent", { xray: true });
  expect(drawing.nodes.map(({ id }) => id)).toContain("node_2:subgraph_node_1");
  expect(Object.keys(await client.assistants.getSubgraphs("parent"))).toEqual(["node_2"]);
});

test("its Python is stopped with its function after a run, and goes on with the next", async () => {
  const pidOf = async (): Promise<number> => {
    const { thread_id } = await client.threads.create();
    await client.runs.wait(thread_id, "pid", { input: { pid: 0 } });
    const { values } = await client.threads.get(thread_id);
    return (values as { pid: number }).pid;
  };
  const pid = await pidOf();

  await expect.poll(() => isFrozen(pid)).toBe(true);
  expect(await client.runs.wait(null, "agent", { input: { topic: "x" } })).toMatchObject({ topic: "x and cats" });
});

test("the construct's build needs neither uv nor a registry, gives the same to the byte, and a run to try", async () => {
  const before = contentOf(artefact.folder);
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((dir) => !readable(join(dir, "uv")));
  const order = { config: join(project, "langgraph.json"), cpu, image: false, load: true, environment: {} };
  const script = new URL("../../infra/print-artefact.ts", import.meta.url).pathname;
  const env = { ...process.env, PATH: path.join(delimiter) };

  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(order)], { env });

  const built = JSON.parse(stdout) as { folder: string; sample: unknown };
  const after = contentOf(built.folder);
  expect(built.sample).toEqual({ assistant_id: "agent", input: { topic: "Hello" } });
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([]);
  expect(Object.keys(before).filter((name) => !(name in after))).toEqual([]);
  expect(readdirSync(join(project, "service"))).toEqual(["lib", "pyproject.toml"]);
});

function readable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ["has no wheel", ["docopt==0.6.2"], /docopt.*no usable wheels[^]*choose a version that has a wheel/],
  ["is an old LangGraph", ["langgraph==0.2.60"], /langgraph 0\.2\.60: 0\.2\.74 or newer is needed/],
  ["is not there", ["threadline-is-no-package-of-python"], /threadline-is-no-package-of-python was not found/],
])("a package that %s is refused by its name", async (_, dependencies, why) => {
  const other = join(folder, "refused");
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, "g.py"), "graph = None\n");
  writeFileSync(join(other, "langgraph.json"), JSON.stringify({ dependencies, graphs: { g: "./g.py:graph" } }));
  mkdirSync(join(other, ".threadline"), { recursive: true });
  // The interpreter is there.
  rmSync(join(other, ".threadline/python"), { force: true });
  symlinkSync(join(project, ".threadline/python"), join(other, ".threadline/python"));

  await expect(buildArtefact({ config: join(other, "langgraph.json"), cpu })).rejects.toThrow(why);
});

test("without uv a build says how to get it", async () => {
  const path = process.env["PATH"] ?? "";
  process.env["PATH"] = "/nowhere";

  const running = runUv({ cwd: folder, python: undefined }, ["--version"]).finally(() => {
    process.env["PATH"] = path;
  });

  await expect(running).rejects.toThrow("uv, which is not on PATH: python3 -m pip install uv");
});

test("npm start --isolated runs them by the project's own interpreter, each invocation in a process of its own", async () => {
  const own = await startPython({ config: join(project, "langgraph.json"), isolated: true });
  const its = new Client({ apiUrl: own.url, apiKey: null });

  const values = await its.runs.wait(null, "agent", { input: { topic: "x" } });
  await own.stop();

  expect(values).toMatchObject({ topic: "x and cats" });
});
