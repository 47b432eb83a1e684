/**
 * What a graph reads, lists and imports of its project, in its mirror and its artefact: the same as in place. Kind of file × how it is
 * named × where it lies × host.
 */
import { mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { runInNode } from "./run-node.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

interface Cell {
  files?: Files;
  /** An expression in apps/agent/src/graph.ts. */
  code: string;
}

const read = (file: string): string => `readFileSync(${file}, "utf8")`;
const besides = (name: string): string => `new URL(${JSON.stringify(name)}, import.meta.url)`;

const TEXTS: Files = {
  "apps/agent/src/examples/sample.ts": "// as it is\nexport const answer: number = 1;\n",
  "apps/agent/src/examples/plain.js": "// as it is\nexport   const answer = 2\n",
  "apps/agent/src/examples/view.tsx": "export const View = () => <b/>;\n",
  "apps/agent/src/examples/types.d.ts": "declare const x: 1;\n",
  "apps/agent/src/examples/common.cjs": "module.exports   = 3\n",
  "apps/agent/src/examples/notes.md": "# notes\n",
  "apps/agent/src/examples/data.json": '{ "a":   1 }\n',
  "apps/agent/src/examples/LICENSE": "free\n",
  "apps/agent/src/examples/.hidden": "hidden\n",
};
const NAMES = Object.keys(TEXTS).map((file) => path.basename(file));

const CELLS: Record<string, Cell> = {
  ...Object.fromEntries(
    NAMES.flatMap((name): [string, Cell][] => [
      [`S6: ${name} by a URL`, { code: read(besides(`./examples/${name}`)) }],
      [`S6: ${name} by a variable`, { code: `examples[${JSON.stringify(name)}]` }],
      [`S6: ${name} by the working directory`, { code: read(`"src/examples/${name}"`) }],
    ]),
  ),
  "S6: the graph's own source": { code: read("import.meta.filename") },
  "S6: the source of what it imports": { code: `[${read(besides("helper.js"))}, helper]` },
  "S6: JavaScript with JSX, as text and as what it does": {
    files: { "apps/agent/src/element.jsx": "export const tag = (() => <b/>)().type;\n", ...jsxRuntime() },
    code: read(besides("element.jsx")),
  },
  "S3: a folder of sources": { code: "readdirSync(new URL('tools', import.meta.url)).toSorted()" },
  "S3: a folder of sources, all of them imported": {
    code: `await Promise.all(readdirSync(new URL("tools", import.meta.url)).filter((name) => /\\.[jt]s$/.test(name)).toSorted()
      .map(async (name) => (await import("./tools/" + name)).name))`,
  },
  "S3: the same by the working directory, the same instances": {
    code: `(await import(pathToFileURL(path.resolve("src/tools/a.ts")).href)).state === (await import("./tools/a.ts")).state`,
  },
  "S3: a glob over the package": {
    code: `readdirSync(path.join(import.meta.dirname, ".."), { recursive: true }).map(String)
      .filter((name) => name.endsWith(".ts") && !name.includes("node_modules")).toSorted()`,
  },
  "S4: a folder of the workspace's root": { code: read(besides("../../../prompts/system.md")) },
  "S4: by parts": { code: read('path.join(import.meta.dirname, "..", "..", "..", "prompts", "system.md")') },
  "S4: by the root that it looks for": {
    code: read('path.join(rootOf(import.meta.dirname), "prompts", "system.md")'),
  },
  "S4: by a name that is made at run time, below one that is not": {
    code: '["system"].map((name) => readFileSync(new URL(`../../../prompts/${name}.md`, import.meta.url), "utf8"))',
  },
  "S4: from a package without code": { code: read(besides("../../../packages/texts/hello.txt")) },
  "S4: a file of the root": { code: read(besides("../../../CODEOWNERS")) },
  "S5: a folder that is a link": { code: 'readdirSync(path.join(import.meta.dirname, "linked")).map((name) => name)' },
  "S5: through a link that leads out of the package": { code: read(besides("linked/deep/x.md")) },
  "S5: a file that is a link": { code: read(besides("link.md")) },
  "S5: beside links in a ring": { code: read(besides("../ring/here.md")) },
  ...Object.fromEntries(
    ["coverage", "venv", ".cache", ".vscode", "dist"].map((name): [string, Cell] => [
      `S5: a folder called ${name}`,
      { files: { [`apps/agent/${name}/data.txt`]: name }, code: read(besides(`../${name}/data.txt`)) },
    ]),
  ),
  "S5: a template with a package.json of its own": {
    files: {
      "apps/agent/templates/app/package.json": { name: "{{name}}", dependencies: { left: "*" } },
      "apps/agent/templates/app/src/index.ts": "export {};\n",
    },
    code: 'readdirSync(path.join(import.meta.dirname, "../templates/app"), { recursive: true }).map(String).toSorted()',
  },
  "tsconfig.json": { code: read(besides("../tsconfig.json")) },
  "a worker thread by a URL, of TypeScript": { code: 'await answerOf(new URL("./thread.ts", import.meta.url))' },
  "a worker thread by a variable": {
    code: 'await answerOf(path.join(import.meta.dirname, ["thread", "ts"].join(".")))',
  },
};

function jsxRuntime(): Files {
  return {
    "node_modules/react/package.json": { name: "react", version: "1.0.0" },
    "node_modules/react/jsx-runtime.js": "exports.jsx = (type) => ({ type });",
  };
}

const WORKSPACE: Files = {
  ...TEXTS,
  "package.json": { name: "root", private: true, workspaces: ["apps/*", "packages/*"] },
  "prompts/system.md": "be good\n",
  CODEOWNERS: "* us\n",
  "packages/texts/package.json": { name: "texts" },
  "packages/texts/hello.txt": "hello\n",
  "node_modules/texts": { link: "../packages/texts" },
  "elsewhere/deep/x.md": "linked\n",
  "apps/agent/package.json": { name: "agent", type: "module", dependencies: { react: "*" } },
  "apps/agent/tsconfig.json": { compilerOptions: { outDir: "dist" } },
  "apps/agent/langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
  "apps/agent/src/linked": { link: "../../../elsewhere" },
  "apps/agent/src/link.md": { link: "../../../elsewhere/deep/x.md" },
  "apps/agent/ring/here.md": "here\n",
  "apps/agent/ring/again": { link: "../ring" },
  "apps/agent/src/helper.js": "export   const helper = 'helps' // as it is\n",
  "apps/agent/src/tools/a.ts": 'export const name: string = "a"; export const state = {};\n',
  "apps/agent/src/tools/b.js": 'export const name = "b";\n',
  "apps/agent/src/thread.ts": `import { parentPort } from "node:worker_threads";
    import { name } from "./tools/a.ts";
    parentPort?.postMessage(name satisfies string);`,
  "apps/agent/src/graph.ts": `import { existsSync, readdirSync, readFileSync } from "node:fs";
    import path from "node:path";
    import { pathToFileURL } from "node:url";
    import { Worker } from "node:worker_threads";
    import { helper } from "./helper.js";
    const rootOf = (dir: string): string => existsSync(path.join(dir, "prompts")) ? dir : rootOf(path.dirname(dir));
    const answerOf = (file: string | URL) => new Promise((done, fail) => {
      new Worker(file).once("message", done).once("error", fail);
    });
    const folder = new URL("./examples/", import.meta.url);
    const examples = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")]));
    const CELLS: Record<string, () => unknown> = {
      ${Object.entries(CELLS)
        .map(([name, { code }]) => `${JSON.stringify(name)}: async () => ${code},`)
        .join("\n")}
    };
    export const check = () => Promise.all(Object.entries(CELLS).map(async ([name, ask]) => {
      try { return [name, await ask()]; } catch (error) { return [name, String(error)]; }
    }));`,
  ...Object.assign({}, ...Object.values(CELLS).map(({ files = {} }) => files)),
};

const HOOKS = new URL("../../functions/engine/javascript/project/project-hooks.ts", import.meta.url).href;
type Answers = [name: string, answer: unknown][];

describe("a project's own files", () => {
  let project: TemporaryProject;
  let elsewhere: string;
  let inPlace: Answers;
  beforeAll(async () => {
    project = await TemporaryProject.write(WORKSPACE);
    elsewhere = await realpath(await mkdtemp(path.join(tmpdir(), "elsewhere-")));
    const agent = path.join(project.dir, "apps/agent");
    const source = JSON.stringify(path.join(agent, "src/graph.ts"));
    inPlace = (await runInNode(`done(await (await import(${source})).check());`, agent)) as Answers;
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await rm(elsewhere, { recursive: true });
  });

  it("are all there in place: the table asks for nothing that is not", () => {
    expect(inPlace.filter(([, answer]) => /ENOENT|Error/.test(String(answer)))).toEqual([]);
    expect(inPlace).toHaveLength(Object.keys(CELLS).length);
  });

  it("S3, S4, S5, S6: are the same in the mirror", async () => {
    expect(await project.check("apps/agent/langgraph.json")).toEqual(inPlace);
  });

  it("S3, S4, S5, S6: are the same in the artefact, where nothing else of the project is", async () => {
    const { folder } = await buildArtefact({ config: path.join(project.dir, "apps/agent/langgraph.json"), cpu: "x64" });
    const mirror = path.join(elsewhere, "project");
    await rename(path.join(folder, "project"), mirror);

    const agent = path.join(mirror, "apps/agent");
    const code = `
      import { hookProject } from ${JSON.stringify(HOOKS)};
      hookProject(${JSON.stringify({ mirror, langgraph: agent })});
      done(await (await import(${JSON.stringify(path.join(agent, "src/graph.ts"))})).check());`;
    expect(await runInNode(code, agent)).toEqual(inPlace);
  });
});
