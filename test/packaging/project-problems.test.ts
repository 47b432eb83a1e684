import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ESM } from "./kinds/kind.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const GOOD = { ...ESM, "src/good.ts": "export const check = () => 1;" };

/** Compiles with the graphs `good` and, from src/bad.ts, `bad`; gives bad's error with the project's folder cut out. */
async function problemOf(files: Files): Promise<{ error: string | undefined; warnings: string[] }> {
  await using project = await TemporaryProject.write({
    ...GOOD,
    ...files,
    "langgraph.json": { graphs: { bad: "./src/bad.ts:check", good: "./src/good.ts:check" } },
  });
  const manifest = await project.compile();
  expect(manifest.graphs["good"]).toEqual({
    module: "src/good.ts",
    source: "./src/good.ts",
    symbol: "check",
    topology: expect.any(String),
  });
  expect(await project.check("langgraph.json", "good")).toBe(1);
  const bad = manifest.graphs["bad"];
  expect(bad?.module === undefined).toBe(bad?.error !== undefined);
  return { error: bad?.error?.replaceAll(project.dir, ""), warnings: manifest.warnings };
}

describe("a project with something wrong", () => {
  it.each<[string, Files, string]>([
    ["a syntax error", { "src/bad.ts": "export const a = 1;\nlet b: = 2;" }, "src/bad.ts:2: Unexpected token"],
    [
      "a syntax error in a file that is looked through for decorators",
      { "src/bad.ts": 'export const address = "me@here.org";\nlet b: = 2;' },
      "src/bad.ts:2: Unexpected token",
    ],
    [
      "a syntax error two imports away",
      { "src/bad.ts": 'import "./b";', "src/b.ts": 'import "./c";', "src/c.ts": "\n\n\nclass {" },
      "src/c.ts:4: Expected `}` but found `EOF`",
    ],
    [
      "an import of a file that is not there",
      { "src/bad.ts": '\nimport { x } from "./absent.js"; export const check = x;' },
      'src/bad.ts:2: imports "./absent.js", which does not exist.',
    ],
    [
      "a package that is not installed",
      { "src/bad.ts": 'import x from "@not/here/sub"; export const check = x;' },
      'src/bad.ts:1: imports "@not/here/sub", which is neither an installed package (npm install?) nor a path of tsconfig.json.',
    ],
    [
      "a workspace package that was not built",
      {
        "src/bad.ts": 'import x from "shared"; export const check = x;',
        "node_modules/shared": { link: "../packages/shared" },
        "packages/shared/package.json": { name: "shared", main: "./dist/index.js" },
      },
      'src/bad.ts:1: imports "shared", but the workspace package shared has no such file: build it first ' +
        "(for example: npm run build in /packages/shared).",
    ],
    [
      "several problems, by the first",
      { "src/bad.ts": 'import "./a"; import "./b";', "src/b.ts": 'import "./c"; export * from "./d";' },
      'src/bad.ts:1: imports "./a", which does not exist. (and 2 more)',
    ],
    [
      "S7: a decorator that only the old kind can be",
      { "src/bad.ts": "const d: any = 0;\nclass A { constructor(@d x: number) {} }\nexport const check = A;" },
      "src/bad.ts:2: Parameter decorators only work when experimental decorators are enabled",
    ],
    [
      "top-level await in CommonJS",
      { "src/package.json": {}, "src/bad.ts": "export const check = await 1;" },
      'src/bad.ts:1: Top-level await needs an ES module: set "type": "module" in the nearest package.json, or name the file .mts.',
    ],
  ])("names file, line and cause of %s, and serves the other graph", async (_, files, expected) => {
    const { error, warnings } = await problemOf(files);

    expect(error).toBe(expected);
    expect(warnings).toEqual([]);
  });

  it("names a file that is no text, a video that is called .ts, and serves the graphs in front and behind", async () => {
    await using project = await TemporaryProject.write({
      ...GOOD,
      "src/late.ts": "export const check = () => 2;",
      "langgraph.json": {
        graphs: { good: "./src/good.ts:check", bad: "./src/clip.ts:check", late: "./src/late.ts:check" },
      },
    });
    await writeFile(path.join(project.dir, "src/clip.ts"), new Uint8Array([0x47, 0xff, 0xfe, 0x80]));

    const { graphs } = await project.compile();

    expect(graphs["bad"]?.error).toBe("src/clip.ts: Could not load src/clip.ts - stream did not contain valid UTF-8.");
    expect(await project.check("langgraph.json", "good")).toBe(1);
    expect(await project.check("langgraph.json", "late")).toBe(2);
  });

  it("only warns of a file that a computed import might reach", async () => {
    const { error, warnings } = await problemOf({
      "src/bad.ts": "const t = 'x'; export const check = () => import(`./tools/${t}.ts`);",
      "src/tools/x.ts": "export const x = 1;",
      "src/tools/y.ts": "let y: = 1;",
    });

    expect(error).toBeUndefined();
    expect(warnings).toEqual(["src/tools/y.ts:1: Unexpected token"]);
  });

  it("throws the cause when a broken file is imported at run time", async () => {
    await using project = await TemporaryProject.write({
      ...ESM,
      "src/graph.ts": 'export const check = () => import("./late.js").catch((error) => error.message);',
      "src/late.ts": "export const x = 1;\nlet y: = 1;",
      "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
    });

    const message = await project.check();

    expect(message).toBe(`${project.dir}/src/late.ts:2: Unexpected token`);
  });

  it("P6: serves a project whose tsconfig extends what is not installed, with the paths it can read, and says so", async () => {
    await using project = await TemporaryProject.write({
      ...ESM,
      "tsconfig.json": { extends: ["@tsconfig/recommended", "./base.json"], compilerOptions: { outDir: "dist" } },
      "base.json": { compilerOptions: { paths: { "@/*": ["./src/*"] }, experimentalDecorators: true } },
      "src/x.ts": "const mark = (_: unknown) => {}; @mark class A { static x = 5 } export const x = A.x;",
      "src/graph.ts": 'import { x } from "@/x"; export const check = () => x;',
      "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
    });

    expect(await project.check()).toBe(5);
    expect((await project.compile()).warnings).toEqual([
      "tsconfig.json extends @tsconfig/recommended, which is not installed, and counts without it.",
    ]);
  });

  it("serves a project whose tsconfig the compiler cannot read", async () => {
    await using project = await TemporaryProject.write({
      ...ESM,
      "tsconfig.json": '{ "extends": 7, "compilerOptions": { "paths": { "@/*": ["./src/*"] }, "target": 3 } }',
      "src/x.ts": "export const x = 5;",
      "src/graph.ts": 'import { x } from "@/x"; export const check = () => x;',
      "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
    });

    expect(await project.check()).toBe(5);
  });

  it("explains yarn Plug'n'Play", async () => {
    await using project = await TemporaryProject.write({
      ...GOOD,
      ".pnp.cjs": "",
      "langgraph.json": { graphs: { good: "./src/good.ts:check" } },
    });
    await project.remove("node_modules");
    await project.add({ "node_modules/.cache/tool.json": {} });

    const { graphs } = await project.compile();

    expect(graphs["good"]?.error).toContain('put "nodeLinker: node-modules" into .yarnrc.yml and run yarn install');
  });

  it("says that LangGraph is not installed", async () => {
    await using project = await TemporaryProject.write({
      ...GOOD,
      "langgraph.json": { graphs: { good: "./src/good.ts:check" } },
    });
    await project.remove("node_modules");

    const { graphs, bridges } = await project.compile();

    expect(graphs["good"]?.error).toContain("@langchain/langgraph is not installed");
    expect(bridges).toEqual({});
  });

  it("compiles graphs whose files differ only in their suffix", async () => {
    await using project = await TemporaryProject.write({
      ...ESM,
      "src/g.ts": 'export const check = () => "ts";',
      "src/g.mts": 'export const check = () => "mts";',
      "langgraph.json": { graphs: { ts: "./src/g.ts:check", mts: "./src/g.mts:check" } },
    });

    expect([await project.check("langgraph.json", "ts"), await project.check("langgraph.json", "mts")]).toEqual([
      "ts",
      "mts",
    ]);
  });

  it("refuses to empty a folder that holds something else", async () => {
    await using project = await TemporaryProject.write({
      ...GOOD,
      "langgraph.json": { graphs: { good: "./src/good.ts:check" } },
    });

    await expect(project.compile("langgraph.json", path.join(project.dir, "src"))).rejects.toThrow(/is not empty/);

    expect(await readFile(path.join(project.dir, "src/good.ts"), "utf8")).toBe(GOOD["src/good.ts"]);
  });
});

test.each([
  ["0.2.8", "^0.2.8", "npm update @langchain/langgraph @langchain/core"],
  ["0.2.73-rc.1", "~0.2.70", "npm update @langchain/langgraph @langchain/core"],
  ["0.2.11", "0.2.11", "npm install @langchain/langgraph@0.2 @langchain/core@0.3"],
  ["0.1.99", "^0.1.1", "npm install @langchain/langgraph@0.2 @langchain/core@0.3"],
  ["0.2.74", "^0.2.8", undefined],
  ["0.3.0", "0.3.0", undefined],
  ["1.0.0", "*", undefined],
])("P7: LangGraph %s where %s is declared: %s", async (version, declared, command) => {
  await using project = await TemporaryProject.write({
    "package.json": { dependencies: { "@langchain/langgraph": declared } },
    "node_modules/@langchain/langgraph/package.json": { name: "@langchain/langgraph", version, main: "i.js" },
    "src/graph.ts": "export const check = 1;",
    "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
  });

  const { graphs } = await project.compile();

  const told = `@langchain/langgraph ${version} is installed, and 0.2.74 is the oldest that is served: ${command}`;
  expect(graphs["g"]?.error).toBe(command && told);
});

test("what is not installed or not built is told with the commands of the project's package manager", async () => {
  await using project = await TemporaryProject.write({
    ...ESM,
    "pnpm-lock.yaml": "",
    "src/absent.ts": 'import "absent";',
    "src/unbuilt.ts": 'import "shared";',
    "node_modules/shared": { link: "../packages/shared" },
    "packages/shared/package.json": { name: "shared", main: "dist/index.js" },
    "langgraph.json": { graphs: { absent: "./src/absent.ts:g", unbuilt: "./src/unbuilt.ts:g" } },
  });

  const { graphs } = await project.compile();

  expect(graphs["absent"]?.error).toContain("(pnpm install?)");
  expect(graphs["unbuilt"]?.error).toContain("pnpm run build");
});

const UPDATED = "@langchain/langgraph @langchain/core @langchain/anthropic @langchain/google-genai";
const ADDED = "@langchain/langgraph@0.2 @langchain/core@0.3";
const MODELS = "@langchain/anthropic @langchain/google-genai";

test.each([
  ["package-lock.json", "{}", "^0.2.8", `npm update ${UPDATED}`],
  ["yarn.lock", "# yarn lockfile v1\n", "^0.2.8", `yarn add ${ADDED} && yarn upgrade ${MODELS}`],
  ["yarn.lock", "# Generated.\n\n__metadata:\n  version: 6\n", "^0.2.8", `yarn up -R ${UPDATED}`],
  ["pnpm-lock.yaml", "lockfileVersion: '9.0'\n", "^0.2.8", `pnpm update ${UPDATED}`],
  ["bun.lock", "{}", "^0.2.8", `bun update ${UPDATED}`],
  ["yarn.lock", "# yarn lockfile v1\n", "0.2.8", `yarn add ${ADDED} && yarn upgrade ${MODELS}`],
  ["package.json", '{"packageManager":"pnpm@9.15.0+sha512.ab"}', "^0.2.8", `pnpm update ${UPDATED}`],
  ["package.json", '{"packageManager":"yarn@1.22.22"}', "^0.2.8", `yarn add ${ADDED} && yarn upgrade ${MODELS}`],
  ["package.json", '{"packageManager":"yarn@4.6.0"}', "^0.2.8", `yarn up -R ${UPDATED}`],
  ["package.json", '{"packageManager":"other@1.0.0"}', "^0.2.8", `npm update ${UPDATED}`],
])("P7: the cure by %s (%j) takes the models' packages along", async (lockFile, text, declared, command) => {
  await using project = await TemporaryProject.write({
    [lockFile]: text,
    "app/package.json": {
      dependencies: {
        "@langchain/anthropic": "^0.3.1",
        "@langchain/community": "^0.3.1",
        "@langchain/core": "^0.3.3",
        "@langchain/langgraph": declared,
        "@langchain/langgraph-sdk": "^0.0.36",
        zod: "^3.23.8",
      },
      devDependencies: { "@langchain/google-genai": "^0.2.0" },
    },
    "node_modules/@langchain/langgraph/package.json": { name: "@langchain/langgraph", version: "0.2.8", main: "i.js" },
    "app/graph.ts": "export const check = 1;",
    "app/langgraph.json": { graphs: { g: "./graph.ts:check" } },
  });

  const { graphs } = await project.compile("app/langgraph.json");

  expect(graphs["g"]?.error?.split("is served: ")[1]).toBe(command);
});
