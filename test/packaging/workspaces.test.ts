import { readFile } from "node:fs/promises";
import path from "node:path";
import { runInNode } from "./run-node.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

/** A package in pnpm's store, and the link to it from a folder's node_modules. */
function stored(key: string, name: string, files: Files): Files {
  const dir = `node_modules/.pnpm/${key}/node_modules/${name}`;
  return Object.fromEntries(Object.entries(files).map(([file, content]) => [`${dir}/${file}`, content]));
}

function linked(from: string, key: string, name: string): Files {
  const up = path.relative(path.dirname(path.join(from, "node_modules", name)), "node_modules/.pnpm");
  return { [path.join(from, "node_modules", name)]: { link: path.join(up, key, "node_modules", name) } };
}

const esm = (name: string, code: string): Files => ({
  "package.json": { name, version: "1.0.0", type: "module", exports: { ".": "./index.js" } },
  "index.js": code,
});

/** An isolated installation: the agent and the shared package each see only their own, and LangGraph exists in two peer variants. */
const PNPM: Files = {
  "pnpm-workspace.yaml": "packages: ['apps/*', 'packages/*']",
  "package.json": { name: "root", private: true },
  ...stored(
    "langgraph_zod4",
    "@langchain/langgraph",
    esm("@langchain/langgraph", 'export class Command {} export const variant = "zod4";'),
  ),
  ...stored(
    "langgraph_zod3",
    "@langchain/langgraph",
    esm("@langchain/langgraph", 'export class Command {} export const variant = "zod3";'),
  ),
  ...stored("core", "@langchain/core", esm("@langchain/core", "export {};")),
  ...linked("apps/agent", "core", "@langchain/core"),
  ...stored("only-shared", "only-shared", esm("only-shared", 'export const own = "of shared";')),
  ...linked("apps/agent", "langgraph_zod4", "@langchain/langgraph"),
  ...linked("packages/shared", "langgraph_zod3", "@langchain/langgraph"),
  ...linked("packages/shared", "only-shared", "only-shared"),
  "apps/agent/node_modules/shared": { link: "../../../packages/shared" },
  "packages/shared/package.json": {
    name: "shared",
    type: "module",
    exports: { ".": { types: "./dist/index.d.ts", default: "./src/index.ts" } },
  },
  "packages/shared/src/index.ts": `
    import { Command, variant } from "@langchain/langgraph"; import { own } from "only-shared";
    export enum Kind { One = 1 } export const make = () => new Command(); export { own, variant };`,
  "apps/agent/package.json": { name: "agent", type: "module" },
  "apps/agent/src/graph.ts": `
    import { Command, variant as mine } from "@langchain/langgraph"; import { Kind, make, own, variant } from "shared";
    export const check = () => ({ own, kind: Kind.One, mine, variant, same: make() instanceof Command });`,
  "apps/agent/langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
};

describe("workspaces", () => {
  it("runs a pnpm workspace: each package sees its own dependencies, LangGraph is one copy", async () => {
    await using project = await TemporaryProject.write(PNPM);
    await project.remove("node_modules/@langchain");

    const result = await project.check("apps/agent/langgraph.json");

    expect(result).toEqual({ own: "of shared", kind: 1, mine: "zod4", variant: "zod4", same: true });
  });

  it("takes the version and the bridge from where the graph sees LangGraph, also if langgraph.json lies above", async () => {
    await using project = await TemporaryProject.write({
      ...PNPM,
      "langgraph.json": { graphs: { g: "./apps/agent/src/graph.ts:check" }, dependencies: ["./apps/agent"] },
    });
    await project.remove("node_modules/@langchain");

    const manifest = await project.compile();

    expect(manifest).toMatchObject({ config_dir: ".", langgraph_version: "1.0.0" });
    expect(manifest.bridges).toEqual({ esm: "apps/agent/src/.bridge.mjs" });
    expect(await project.check()).toMatchObject({ own: "of shared", same: true });
  });

  it("finds a LangGraph that only another package sees, and bridges to it", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", type: "module", dependencies: { langchain: "1.0.0" } },
      ...stored("langchain", "langchain", esm("langchain", 'export { variant } from "@langchain/langgraph";')),
      ...stored("langchain", "@langchain/langgraph", esm("@langchain/langgraph", 'export const variant = "hidden";')),
      ...stored("langchain", "@langchain/core", {
        "package.json": { name: "@langchain/core", type: "module", exports: { "./messages": "./messages.js" } },
        "messages.js": 'export const Message = "hidden too";',
      }),
      ...linked(".", "langchain", "langchain"),
      "src/graph.ts": 'import { variant } from "langchain"; export const check = () => variant;',
      "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
    });
    await project.remove("node_modules/@langchain");

    const manifest = await project.compile();

    expect(manifest).toMatchObject({ langgraph_version: "1.0.0", bridges: { esm: ".bridge/.bridge.mjs" } });
    const bridge = JSON.stringify(path.join(project.dir, ".threadline/build/.bridge/.bridge.mjs"));
    const code = `const { lg, messages } = await import(${bridge}); done([lg.variant, messages.Message]);`;
    expect(await runInNode(code, project.dir)).toEqual(["hidden", "hidden too"]);
  });

  it("runs an npm workspace with another version of a package below one member", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "root", workspaces: ["apps/*", "packages/*"] },
      "node_modules/zod/index.js": "exports.version = 4;",
      "packages/shared/node_modules/zod/index.js": "exports.version = 3;",
      "node_modules/shared": { link: "../packages/shared" },
      "packages/shared/package.json": { name: "shared", main: "src/index.ts" },
      "packages/shared/src/index.ts": 'import { version } from "zod"; export const theirs: number = version;',
      "apps/agent/package.json": { name: "agent", type: "module" },
      "apps/agent/src/graph.ts":
        'import { version } from "zod"; import { theirs } from "shared"; export const check = () => [version, theirs];',
      "apps/agent/langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
    });

    expect(await project.check("apps/agent/langgraph.json")).toEqual([4, 3]);
  });

  it("moves the mirror up when an import leads above the workspace", async () => {
    await using project = await TemporaryProject.write({
      "team/shared/x.ts":
        'import { readFileSync } from "node:fs"; export const x = () => readFileSync(new URL("x.md", import.meta.url), "utf8");',
      "team/shared/x.md": "above",
      "team/project/package.json": { name: "project", type: "module" },
      "team/project/src/own.ts": "export class Own { static y = 1 }",
      "team/project/src/graph.ts":
        'import { x } from "../../shared/x"; import { Own } from "./own"; export const check = () => [x(), Own.y];',
      "team/project/langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
    });
    const config = "team/project/langgraph.json";

    const manifest = await project.compile(config);

    expect(manifest).toMatchObject({ config_dir: "project", graphs: { g: { module: "project/src/graph.ts" } } });
    expect(await project.check(config)).toEqual(["above", 1]);
  });

  it("S6: holds the project's own files, but no secrets, dependencies or build output", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", type: "module" },
      "tsconfig.json": { compilerOptions: { outDir: "./dist" } },
      "src/graph.ts": "export const check = () => 1;",
      "src/prompt.md": "p",
      "data/table.csv": "t",
      ".env": "SECRET=1",
      ".env.local": "SECRET=1",
      "dist/old.txt": "o",
      "package-lock.json": "{}",
      "packages/other/package.json": { name: "other" },
      "packages/other/own.txt": "o",
      "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
    });
    await project.compile();

    const found = await project.list(".threadline/build");

    expect(found).toEqual([
      ".bridge.mjs",
      ".compiled/src/graph.ts.mjs",
      "data/table.csv",
      "langgraph.json",
      "manifest.json",
      "node_modules",
      "package.json",
      "packages/other/own.txt",
      "packages/other/package.json",
      "src/graph.ts",
      "src/prompt.md",
      "tsconfig.json",
    ]);
    expect(await readFile(path.join(project.dir, ".threadline/build/src/prompt.md"), "utf8")).toBe("p");
  });
});
