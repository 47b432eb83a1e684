/** What an artefact is made of besides its packages: bridges, assets, nothing that points to this machine. */
import { lstat, mkdir, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { Manifest } from "../../functions/protocol/manifest.ts";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { readJsonObject } from "../../packaging/source-files.ts";
import { runInNode } from "./run-node.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

vi.setConfig({ testTimeout: 120_000 });

const PROJECT: Files = {
  "package.json": { name: "p", type: "module" },
  "src/graph.ts": "export const graph = 1;",
  ".env": "SECRET=1\n",
  "langgraph.json": { graphs: { g: "./src/graph.ts:graph" }, env: ".env" },
};

test("large assets are copies, not links to this machine", async () => {
  await using project = await TemporaryProject.write(PROJECT);
  const asset = path.join(project.dir, "data/model.bin");
  await mkdir(path.dirname(asset));
  await writeFile(asset, "");
  await truncate(asset, 11 * 1_024 * 1_024);

  const { folder } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });

  const copied = await lstat(path.join(folder, "project/data/model.bin"));
  expect([copied.isFile(), copied.size]).toEqual([true, 11 * 1_024 * 1_024]);
});

test("neither manifest nor source maps name this machine or the env file", async () => {
  await using project = await TemporaryProject.write(PROJECT);

  const { folder } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });

  const manifest = Manifest.parse(readJsonObject(path.join(folder, "project/manifest.json")));
  const map = readJsonObject(path.join(folder, "project/src/graph.js.map"));
  expect([manifest.source_dir, manifest.env_file, manifest.config_dir]).toEqual([undefined, undefined, "."]);
  expect(map?.["sources"]).toEqual(["graph.ts"]);
  expect(await project.textBelow(".threadline/artefact/arm64/project")).not.toContain(project.dir);
});

test("a secret that is written into the config is nowhere in the artefact, and the pre-flight says how to store it", async () => {
  await using project = await TemporaryProject.write({
    ...PROJECT,
    "langgraph.json": {
      graphs: { g: "./src/graph.ts:graph" },
      env: { OPENAI_API_KEY: "sk-very-secret", OTHER_KEY: "ssm:/app/other", MODEL: "small" },
    },
  });

  const artefact = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });

  const manifest = Manifest.parse(readJsonObject(path.join(artefact.folder, "project/manifest.json")));
  const secrets = artefact.findings.filter(({ topic }) => topic === "secret");
  expect(manifest.env_values).toEqual({ MODEL: "small" });
  expect(await project.textBelow(".threadline/artefact/arm64/project")).not.toContain("sk-very-secret");
  expect(secrets).toEqual([
    { level: "warning", topic: "secret", text: expect.stringMatching(/^Will not be deployed: OPENAI_API_KEY.*ssm:/) },
  ]);
  expect(JSON.stringify([artefact.findings, artefact.warnings])).not.toContain("sk-very-secret");
  expect(artefact.warnings.join()).not.toContain("OPENAI_API_KEY");
});

test("E3: what the project says of its HTTP API is deployed, and what of it has no effect is said", async () => {
  const http = { cors: { allow_origins: ["https://app.example.com"] }, mount_prefix: "/api" };
  await using project = await TemporaryProject.write({
    ...PROJECT,
    "langgraph.json": { graphs: { g: "./src/graph.ts:graph" }, http },
  });

  const { folder, findings } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });

  const manifest = Manifest.parse(readJsonObject(path.join(folder, "project/manifest.json")));
  expect(manifest.http).toEqual({ cors: http.cors });
  expect(findings.filter(({ topic }) => topic === "config").map(({ text }) => text)).toEqual([
    expect.stringContaining('"http.mount_prefix" has no effect'),
  ]);
});

test("the date of the source is the artefact's, or the one that SOURCE_DATE_EPOCH gives", async () => {
  await using project = await TemporaryProject.write(PROJECT);
  const config = path.join(project.dir, "langgraph.json");
  const builtAt = async (): Promise<unknown> => {
    const { folder } = await buildArtefact({ config });
    return readJsonObject(path.join(folder, "project/manifest.json"))?.["built_at"];
  };

  const dates = [await builtAt(), await builtAt()];
  vi.stubEnv("SOURCE_DATE_EPOCH", "1700000000");
  const given = await builtAt();
  vi.unstubAllEnvs();

  expect(dates[0]).toBe(dates[1]);
  expect(given).toBe("2023-11-14T22:13:20.000Z");
});

test("a LangGraph that only another package sees in the source is what the bridge finds", async () => {
  const store = "node_modules/.pnpm/langchain/node_modules";
  await using project = await TemporaryProject.write({
    ...PROJECT,
    "package.json": { name: "p", type: "module", dependencies: { langchain: "1.0.0" } },
    "node_modules/langchain": { link: ".pnpm/langchain/node_modules/langchain" },
    [`${store}/langchain/package.json`]: {
      name: "langchain",
      version: "1.0.0",
      dependencies: { "@langchain/langgraph": "1.0.0", "@langchain/core": "1.0.0" },
    },
    [`${store}/@langchain/langgraph/package.json`]: { name: "@langchain/langgraph", version: "1.0.0", main: "i.js" },
    [`${store}/@langchain/langgraph/i.js`]: 'exports.variant = "hidden";',
    [`${store}/@langchain/core/package.json`]: {
      name: "@langchain/core",
      version: "1.0.0",
      exports: { "./messages": "./m.js" },
    },
    [`${store}/@langchain/core/m.js`]: 'exports.Message = "hidden too";',
  });
  await project.remove("node_modules/@langchain");

  const { folder } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });

  const { bridges } = Manifest.parse(readJsonObject(path.join(folder, "project/manifest.json")));
  const bridge = JSON.stringify(path.join(folder, "project", bridges.esm ?? ""));
  const code = `const { lg, messages } = await import(${bridge}); done([lg.variant, messages.Message]);`;
  expect(await runInNode(code, project.dir)).toEqual(["hidden", "hidden too"]);
});
