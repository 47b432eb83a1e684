/** What is said of a project before it is deployed: read from its source, its packages, its config. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseSync } from "rolldown/utils";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { checkArtefact } from "../../packaging/preflight/check-artefact.ts";
import type { Finding } from "../../packaging/preflight/finding.ts";
import { scanSource, type SourceScan } from "../../packaging/preflight/scan-source.ts";
import { made } from "./placed.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const scan = (code: string): SourceScan => scanSource(parseSync("x.ts", code).program, code);
const env = (code: string): string[] => scan(code).env.map(({ name, optional }) => (optional ? `${name}?` : name));

describe("variables of the environment", () => {
  test.each([
    ["process.env.A", ["A"]],
    ['use(process.env["A"]!)', ["A"]],
    ["new Client({ key: process.env.A as string })", ["A"]],
    ["const { A, B = 'b', C: renamed } = process.env", ["A", "B?", "C"]],
    ["const { A } = process.env; if (A) use(A);", ["A?"]],
    ["const { A } = process.env; if (!A) throw new Error();", ["A"]],
    ["const a = process.env.A; use(a ?? 'a')", ["A?"]],
    ["process.env.A ?? 'a'", ["A?"]],
    ["process.env.A || 'a'", ["A?"]],
    ["process.env.A ? 1 : 2", ["A?"]],
    ["process.env.A === 'on'", ["A?"]],
    ["if (!process.env.A) throw new Error('A')", ["A"]],
    ["process.env.A = 'a'; delete process.env.B;", []],
    ["const env = process.env; use(env.A, env.B ?? 'b')", ["A", "B?"]],
    ["const { env: e } = process; const { A } = e; use(A)", ["A"]],
    ['import { env } from "node:process"; use(env.A)', ["A"]],
    ["const { A } = process.env; fetch('https://' + A)", ["A"]],
    ["process.env[name]; other.env.A; // process.env.B", []],
  ])("%s", (code, names) => {
    expect(env(code).toSorted()).toEqual(names);
  });
});

test.each([
  ['import { spawn } from "node:child_process";', ["node:child_process"]],
  ['const cp = require("child_process");', ["child_process"]],
  ['import { execa } from "execa";', ["execa"]],
  ['const { exec } = await import("node:child_process");', ["node:child_process"]],
  ['new StdioClientTransport({ command: "npx" })', ["StdioClientTransport"]],
  ['({ files: { transport: "stdio", command: "npx" } })', ['transport: "stdio"']],
  ['import type { ChildProcess } from "node:child_process";', []],
  ['const text = "child_process"; ({ transport: "http" })', []],
])("programs that are started: %s", (code, what) => {
  expect(scan(code).processes.map((one) => one.what)).toEqual(what);
});

test.each([
  ['import { writeFile } from "node:fs/promises"; await writeFile("notes.txt", text);', ['writeFile("notes.txt")']],
  ['import fs from "fs"; fs.promises.mkdir(dir);', ["mkdir(dir)"]],
  ['import * as fs from "fs-extra"; fs.ensureDirSync("./out");', ['ensureDirSync("./out")']],
  ['const { createWriteStream } = require("node:fs"); createWriteStream(path);', ["createWriteStream(path)"]],
  ['import { copyFileSync } from "node:fs"; copyFileSync("/tmp/a", "./b");', ['copyFileSync("./b")']],
  [
    'import fs from "node:fs"; await fs.promises.open("x.log", "a"); fs.openSync(file, "r+");',
    ['open("x.log")', "openSync(file)"],
  ],
  ['import { open } from "node:fs/promises"; await open("x.txt"); await open("x.txt", "r");', []],
  ['import { writeFile } from "node:fs/promises"; writeFile("/tmp/notes.txt", text);', []],
  ['import { mkdtempSync } from "node:fs"; mkdtempSync(join(tmpdir(), "x-"));', []],
  ['import fs from "node:fs"; const dir = path.join(os.tmpdir(), "x"); fs.writeFileSync(path.join(dir, "y"), "");', []],
  ['import fs from "node:fs"; fs.readFileSync("a"); store.writeFile("a"); db.rename("a", "b");', []],
])("writes outside of /tmp: %s", (code, what) => {
  expect(
    scan(code)
      .writes.map((one) => one.what)
      .toSorted(),
  ).toEqual(what);
});

test.each([
  ['createAgent({ model: "openai:gpt-5" })', ["@langchain/openai"], []],
  ["initChatModel(`anthropic:${name}`.trim())", [], []],
  ['initChatModel("google-genai:gemini")', ["@langchain/google-genai"], []],
  ['fetch("http://host:80"); log("note: this"); tag("constructor:x")', [], []],
  ["await import(`@langchain/${provider}`)", [], ["@langchain/"]],
  ["await import(name)", [], [""]],
  ['require(prefix + "x"); import("./tools/" + name); import("zod")', [], [""]],
])("packages by other names: %s", (code, providers, computed) => {
  const found = scan(code);

  expect([found.providers, found.computed.map(({ start }) => start)]).toEqual([providers, computed]);
});

const HURTFUL: Files = {
  "package.json": {
    name: "p",
    type: "module",
    dependencies: { deepagents: "1" },
    devDependencies: { "only-dev": "1" },
  },
  "node_modules/deepagents/package.json": { name: "deepagents", version: "1.0.0", main: "i.js" },
  "node_modules/only-dev/package.json": {
    name: "only-dev",
    version: "1.0.0",
    main: "i.js",
    peerDependencies: { wanted: "*", allowed: "*" },
    peerDependenciesMeta: { allowed: { optional: true } },
  },
  "node_modules/only-dev/i.js": "",
  "node_modules/phantom/package.json": { name: "phantom", version: "1.0.0", main: "i.js" },
  "node_modules/phantom/i.js": "",
  "node_modules/@langchain/openai/package.json": { name: "@langchain/openai", version: "1.0.0" },
  "src/graph.ts": `
    import { execFile } from "node:child_process";
    import { writeFile } from "node:fs/promises";
    import "only-dev";
    import "phantom";
    export const models = ["openai:gpt-5", "groq:llama"];
    export const graph = () => [process.env.DATABASE_URL, process.env.FROM_FILE, process.env.FROM_EMPTY, process.env.SIZE ?? 1];
    export const write = () => writeFile("notes.md", "");`,
  ".env": "FROM_FILE=x\nFROM_EMPTY=\n",
  "langgraph.json": {
    graphs: { g: "./src/graph.ts:graph", gone: "./gone.ts:graph", typo: "./src/graph.ts:grahp" },
    env: ".env",
  },
};

test("a project with everything: each finding once, with the place, errors and warnings before notes", async () => {
  await using project = await TemporaryProject.write(HURTFUL);

  const artefact = await buildArtefact({ config: path.join(project.dir, "langgraph.json"), cpu: "x64" });

  expect(artefact.findings.map(({ level, topic, text }) => `${level} ${topic}: ${text}`)).toEqual([
    'warning graph: Graph "gone" cannot be served: There is no file ./gone.ts.',
    'warning graph: Graph "typo" cannot be served: ./src/graph.ts exports no "grahp", only graph, models, write.',
    "warning package: Not among the dependencies of package.json, but used: @langchain/openai (src/graph.ts), " +
      "only-dev (src/graph.ts; a devDependency), phantom (src/graph.ts). In the artefact because they are installed here.",
    "warning package: src/graph.ts names a model of @langchain/groq, which is not installed: npm install @langchain/groq.",
    "warning package: Expected to be installed beside, but not installed: wanted (by only-dev@1.0.0).",
    "warning process: Starts other programs: src/graph.ts:2 node:child_process. " +
      "On Lambda there are only Node and what is in the artefact, and they stop with the invocation.",
    'warning disk: May write outside of /tmp, where Lambda\'s disk is read-only: src/graph.ts:8 writeFile("notes.md"). ' +
      "Write below os.tmpdir(), or to a service.",
    'warning env: Read by the code, but not set by "env" of langgraph.json: DATABASE_URL (src/graph.ts), FROM_EMPTY (src/graph.ts).',
    "note package: deepagents uses @langchain/anthropic unless it is given a model, and does not bring it.",
    "note env: Not set, and perhaps not needed: GROQ_API_KEY (src/graph.ts), OPENAI_API_KEY (src/graph.ts), SIZE (src/graph.ts).",
  ]);
  expect(artefact.warnings).toHaveLength(8);
  expect(await project.list(".threadline/artefact/x64/project/node_modules")).toEqual(
    expect.arrayContaining(["@langchain/openai/package.json", "only-dev/i.js", "phantom/i.js"]),
  );
});

test("the values of an env file stay out of the artefact and out of what is said", async () => {
  await using project = await TemporaryProject.write({ ...HURTFUL, ".env": "DATABASE_URL=secret-of-the-file\n" });

  const artefact = await buildArtefact({ config: path.join(project.dir, "langgraph.json"), cpu: "x64" });

  expect(artefact.env.find(({ name }) => name === "DATABASE_URL")).toMatchObject({ setBy: "env" });
  expect(JSON.stringify(artefact)).not.toContain("secret-of-the-file");
  expect(await project.textBelow(".threadline/artefact")).not.toContain("secret-of-the-file");
});

describe("size", () => {
  const MB = 1_024 * 1_024;
  async function sizeFindings(bytes: number, image = false): Promise<Finding[]> {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", type: "module" },
      "src/graph.ts": "export const graph = 1;",
      "langgraph.json": { graphs: { g: "./src/graph.ts:graph" } },
    });
    const { buildProject } = await import("../../packaging/compile-project.ts");
    const build = await buildProject({ config: path.join(project.dir, "langgraph.json") });
    const packages = [40, 90, 20].map((size) => ({
      at: `node_modules/p${size}`,
      package: made(`p${size}`, "1.0.0"),
      files: [],
      bytes: size * MB,
    }));
    const installed = {
      packages,
      natives: [],
      undeclared: [],
      unmet: [],
      standIns: [],
      idle: [],
      inherited: [],
      missing: [],
      whyMissing: undefined,
    };
    const nothing = { env: [], processes: [], writes: [], computed: [], implied: new Map() };
    const findings = checkArtefact({
      build,
      scan: nothing,
      env: { values: {} },
      installed,
      python: {
        version: "3.13.5",
        bytes: 50 * MB,
        packages: [{ name: "pandas", version: "3.0", bytes: 60 * MB }],
        idle: [],
        trial: { by: "artefact" },
      },
      cpu: "arm64",
      bytes,
      image,
    });
    return findings.filter(({ topic }) => topic === "size");
  }

  it("is no word worth below 240 MB, a warning up to 250 MB, an error above, with the largest packages of both languages", async () => {
    const [small, near, over] = await Promise.all([239, 245, 251].map((size) => sizeFindings(size * MB)));

    expect(small).toEqual([]);
    expect(near).toMatchObject([
      { level: "warning", text: expect.stringMatching(/245 MB .* p90 90 MB, pandas 60 MB, p40 40 MB, p20 20 MB/) },
    ]);
    expect(await sizeFindings(251 * MB, true)).toEqual([]);
    expect(over).toMatchObject([{ level: "error", text: expect.stringContaining("--image") }]);
  });
});

test("an artefact of the same source is the same, byte for byte, wherever it is made", async () => {
  await using project = await TemporaryProject.write(HURTFUL);
  const config = path.join(project.dir, "langgraph.json");
  const first = await project.textBelow(
    path.relative(project.dir, (await buildArtefact({ config, cpu: "x64" })).folder),
  );

  const again = await buildArtefact({ config, cpu: "x64" });
  const elsewhere = await buildArtefact({ config, cpu: "x64", out: path.join(project.dir, "deep/er/out") });
  await writeFile(path.join(project.dir, "node_modules/phantom/i.js"), "// patched");
  const patched = await buildArtefact({ config, cpu: "x64" });
  const withPatch = await project.textBelow(path.relative(project.dir, patched.folder));

  expect(await project.textBelow("deep/er/out")).toBe(first);
  expect(withPatch.replace("// patched", "")).toBe(first);
  expect(withPatch).not.toBe(first);
  expect(elsewhere.findings).toEqual(again.findings);
});
