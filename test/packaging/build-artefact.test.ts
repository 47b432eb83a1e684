/** What an artefact is made of besides its packages: bridges, assets, nothing that points to this machine. */
import { chmod, lstat, mkdir, readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { FileSystem } from "aws-cdk-lib";
import { Manifest } from "../../functions/protocol/manifest.ts";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { readJsonObject } from "../../packaging/source-files.ts";
import { runInNode } from "./run-node.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

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
  const compiled = await readFile(path.join(folder, "project/.compiled/src/graph.ts.mjs"), "utf8");
  const [, inlined = ""] = /sourceMappingURL=data:application\/json;base64,(.*)/.exec(compiled) ?? [];
  const map: unknown = JSON.parse(Buffer.from(inlined, "base64").toString());
  expect([manifest.source_dir, manifest.env_file, manifest.config_dir]).toEqual([undefined, undefined, "."]);
  expect(map).toMatchObject({ sources: ["graph.ts"] });
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
  const cors = { allow_origins: ["https://app.example.com"] };
  const http = { cors, mount_prefix: "/api", app: "./src/app.ts:app", logging_headers: ["x-a"] };
  await using project = await TemporaryProject.write({
    ...PROJECT,
    "src/app.ts": "export const app = { fetch: (): Response => new Response() };",
    "langgraph.json": { graphs: { g: "./src/graph.ts:graph" }, http },
  });

  const { folder, findings } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });

  const manifest = Manifest.parse(readJsonObject(path.join(folder, "project/manifest.json")));
  expect(manifest.http).toEqual({ cors: http.cors, mount_prefix: "/api" });
  expect(manifest.app).toEqual({ source: "./src/app.ts:app", symbol: "app", module: "src/app.ts" });
  expect(findings.filter(({ topic }) => topic === "config").map(({ text }) => text)).toEqual([
    expect.stringContaining('"http.logging_headers" has no effect'),
  ]);
});

test("P10: the hash of a deployment is that of its contents: a new checkout of the same is the same", async () => {
  await using project = await TemporaryProject.write(PROJECT);
  const config = path.join(project.dir, "langgraph.json");
  const built = async (): Promise<string> => FileSystem.fingerprint((await buildArtefact({ config })).folder);
  const first = await built();

  const later = new Date(Date.now() + 86_400_000);
  for (const name of ["package.json", "src/graph.ts", "langgraph.json"])
    await utimes(path.join(project.dir, name), later, later);
  const touched = await built();
  await project.add({ "src/graph.ts": "export const graph = 2;" });
  const changed = await built();

  expect(touched).toBe(first);
  expect(changed).not.toBe(first);
});

test("SOURCE_DATE_EPOCH is the date of the artefact", async () => {
  await using project = await TemporaryProject.write(PROJECT);

  vi.stubEnv("SOURCE_DATE_EPOCH", "1700000000");
  const { folder } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });
  vi.unstubAllEnvs();

  expect(readJsonObject(path.join(folder, "project/manifest.json"))?.["built_at"]).toBe("2023-11-14T22:13:20.000Z");
});

test("P9: whatever the umask, everybody may read the artefact, and run what could be run", async () => {
  const umask = process.umask(0o077);
  try {
    await using project = await TemporaryProject.write({
      ...PROJECT,
      "package.json": { name: "p", type: "module", dependencies: { tool: "1.0.0" } },
      "node_modules/tool/package.json": { name: "tool", version: "1.0.0" },
      "node_modules/tool/bin/run": "#!/bin/sh\n",
      "prompts/system.md": "",
    });
    await chmod(path.join(project.dir, "node_modules/tool/bin/run"), 0o700);

    const { folder } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });

    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const modes = entries.map(async (entry) => {
      const { mode } = await lstat(path.join(entry.parentPath, entry.name));
      return `${entry.isDirectory() ? "folder" : entry.name === "run" ? "program" : "file"} ${(mode & 0o777).toString(8)}`;
    });
    expect(new Set(await Promise.all(modes))).toEqual(new Set(["folder 755", "program 755", "file 644"]));
  } finally {
    process.umask(umask);
  }
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
