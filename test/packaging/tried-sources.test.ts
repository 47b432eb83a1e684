/** Kinds of source that depend on where packages and files lie: loaded from the artefact, where nothing of the project lies above it. */
import path from "node:path";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { tryGraphs } from "../../packaging/preflight/try-graphs.ts";
import { copied } from "./kinds/copied-source.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const GRAPH = "export const graph = { lg_is_pregel: true };";

const CORE = {
  "node_modules/@langchain/core/package.json": {
    name: "@langchain/core",
    version: "1.0.0",
    exports: { "./messages": "./messages.js" },
  },
};

/** Packs the project and loads its graph, `src/graph.ts` or `at`'s. */
async function tried(files: Files, at = ""): Promise<{ error: string | undefined; told: string[] }> {
  const config = path.join(at, "langgraph.json");
  await using project = await TemporaryProject.write({
    ...CORE,
    ...files,
    [config]: { graphs: { g: "./src/graph.ts:graph" } },
  });
  const artefact = await buildArtefact({ config: path.join(project.dir, config) });
  const [graph] = await tryGraphs(artefact, {});
  return { error: graph?.error, told: artefact.findings.map(({ text }) => text) };
}

test("S10: own names of computed imports are known there, those of the workspace's packages, too", async () => {
  const files = {
    "package.json": { name: "root", workspaces: ["packages/*"] },
    "packages/app/package.json": { name: "app", type: "module" },
    "packages/app/tsconfig.json": { compilerOptions: { paths: { "@/*": ["./src/*"] } } },
    "node_modules/@own/tools": { link: "../../packages/tools" },
    "packages/tools/package.json": { name: "@own/tools", type: "module" },
    "packages/tools/src/a.ts": 'enum E { A } export const name = "a" + E.A;',
    "packages/app/src/tools/b.ts": "enum E { B } export const name = E.B;",
    "packages/app/src/graph.ts": `const [a, b]: string[] = ["a", "b"];
      await import(\`@own/tools/src/\${a}\`); await import(\`@/tools/\${b}\`); ${GRAPH}`,
  };

  expect(await tried(files, "packages/app")).toEqual({ error: undefined, told: [] });
});

test("S9: packages of source run there, wherever they are placed, with what they import without declaring it", async () => {
  const at = "node_modules/.pnpm/tools@1/node_modules";
  const files = {
    "package.json": { name: "p", type: "module", dependencies: { "@own/tools": "*" } },
    "node_modules/@own/tools": { link: "../.pnpm/tools@1/node_modules/@own/tools" },
    ...copied(`${at}/@own/tools`),
    [`${at}/@own/tools/src/level.ts`]:
      'import one from "hoisted"; enum Level { Low } export const level = Level.Low + one;',
    [`${at}/hoisted/package.json`]: { name: "hoisted", version: "1.0.0" },
    [`${at}/hoisted/index.js`]: "module.exports = 1;",
    "src/graph.ts": `import { check } from "@own/tools"; if (check()[0] !== 1) throw new Error("no"); ${GRAPH}`,
  };

  expect(await tried(files)).toEqual({ error: undefined, told: [expect.stringMatching(/not declare it.*hoisted/)] });
});
