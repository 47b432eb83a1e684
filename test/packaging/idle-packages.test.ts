/** P15: servers of development that a project lists, and that nothing which is served imports. */
import path from "node:path";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const installed = (name: string, dependencies: Record<string, string> = {}): Files => ({
  [`node_modules/${name}/package.json`]: { name, version: "1.0.0", main: "i.js", dependencies },
  [`node_modules/${name}/i.js`]: "",
});
const CLI = "@langchain/langgraph-cli";

async function packed(source: string): Promise<{ names: string[]; told: string[] }> {
  await using project = await TemporaryProject.write({
    "package.json": { name: "p", type: "module", dependencies: { [CLI]: "*", kept: "*" } },
    ...installed(CLI, { "brought-by-it": "*" }),
    ...installed("brought-by-it"),
    ...installed("kept"),
    "src/graph.ts": source,
    "langgraph.json": { graphs: { g: "./src/graph.ts:graph" } },
  });
  const { packages, findings } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });
  const names = packages.map(({ package: { name } }) => name).filter((name) => !/langgraph$|core$/.test(name));
  return { names, told: findings.filter(({ topic }) => topic === "package").map(({ text }) => text) };
}

test("P15: stay behind with what they bring, and that is said", async () => {
  expect(await packed('import type {} from "@langchain/langgraph-cli"; export const graph = 1;')).toEqual({
    names: ["kept"],
    told: [`Left out, as nothing that is served imports it: ${CLI}.`],
  });
});

test("P15: come along where source imports them", async () => {
  expect(await packed(`import "${CLI}"; export const graph = 1;`)).toEqual({
    names: [CLI, "kept", "brought-by-it"],
    told: [],
  });
});
