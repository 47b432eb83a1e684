import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Manifest } from "../../functions/protocol/manifest.ts";
import { compileProject } from "../../packaging/compile-project.ts";
import { runInNode } from "./run-node.ts";
import { TemporaryProject } from "./temporary-project.ts";

const HOOKS = new URL("../../functions/engine/javascript/project/project-hooks.ts", import.meta.url).href;
const PROJECTS = path.resolve(import.meta.dirname, "../fixtures/projects");

describe("compileProject", () => {
  let out: string;

  beforeEach(async () => {
    out = await mkdtemp(path.join(tmpdir(), "compiled-"));
  });

  afterEach(async () => {
    await rm(out, { recursive: true });
  });

  it("compiles an ES module project that runs with its own LangGraph", async () => {
    const manifest = await compileProject({ config: path.join(PROJECTS, "esm/langgraph.json"), out });

    const result = await invoke(out, manifest, "agent", "esm");

    expect(result).toEqual({ answer: "Hello, you!", log: ["human: true"] });
    expect(manifest.graphs["second graph"]).toMatchObject({ symbol: "second", description: "Two ids, one module" });
  });

  it("compiles a CommonJS project that reads a file beside its source", async () => {
    const manifest = await compileProject({ config: path.join(PROJECTS, "cjs/langgraph.json"), out });

    const result = await invoke(out, manifest, "agent", "cjs");

    expect(result).toEqual({ answer: "You said: you", log: ["human: true"] });
  });

  it("writes the manifest it returns", async () => {
    const manifest = await compileProject({ config: path.join(PROJECTS, "esm/langgraph.json"), out });

    const written = Manifest.parse(JSON.parse(await readFile(path.join(out, "manifest.json"), "utf8")));

    expect(written).toEqual(manifest);
    expect(written.langgraph_version).toBe("1.7.3");
  });

  it("writes below .threadline beside the config, out of git's sight, and again over an earlier build", async () => {
    await cp(path.join(PROJECTS, "esm"), out, { recursive: true, filter: (file) => !file.includes(".threadline") });
    const config = path.join(out, "langgraph.json");
    const first = await compileProject({ config });

    const second = await compileProject({ config });

    expect({ ...second, built_at: "" }).toEqual({ ...first, built_at: "" });
    expect(await readFile(path.join(out, ".threadline/.gitignore"), "utf8")).toBe("*\n");
    expect(await readFile(path.join(out, ".threadline/build/.compiled/src/greet.ts.mjs"), "utf8")).toContain("Hello");
  });
});

it.each([
  ["a variable", ".env", "MODE=careful"],
  ["a file that its code may read", "nodes.json", "[]"],
  ["what is installed", "package-lock.json", "{}"],
])("gives a graph another topology after a change of %s, and none without", async (_name, file, text) => {
  await using project = await TemporaryProject.write({
    "langgraph.json": { dependencies: ["."], graphs: { agent: "./agent.js:graph" }, env: ".env" },
    "package.json": { type: "module" },
    "agent.js": "export const graph = {};",
    ".env": "",
  });
  const topology = async (): Promise<string | undefined> =>
    (await compileProject({ config: path.join(project.dir, "langgraph.json") })).graphs["agent"]?.topology;
  const before = await topology();

  expect(await topology()).toBe(before);
  await project.add({ [file]: text });
  expect(await topology()).not.toBe(before);
});

/** Loads a graph and the bridge of its format in a fresh process and gives it a message made with the bridge's class. */
async function invoke(out: string, manifest: Manifest, id: string, format: "esm" | "cjs"): Promise<unknown> {
  const entry = manifest.graphs[id];
  const [graph, bridge] = [entry?.module, manifest.bridges[format]].map((file) => {
    return JSON.stringify(pathToFileURL(path.join(out, file ?? "absent")).href);
  });
  const code = `
    import { hookProject } from ${JSON.stringify(HOOKS)};
    hookProject(${JSON.stringify({ mirror: out, langgraph: path.dirname(path.join(out, manifest.bridges[format] ?? "")) })});
    const graph = (await import(${graph}))[${JSON.stringify(entry?.symbol)}];
    const { messages } = await import(${bridge});
    const state = await graph.invoke({ messages: [new messages.HumanMessage("you")] });
    done({ answer: state.messages.at(-1).content, log: state.log });`;
  return await runInNode(code, manifest.source_dir ?? out);
}
