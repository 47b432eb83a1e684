/** What of a project is not in its mirror, by which rule, and who says so: the report, and the log line of a run that misses it. */
import { existsSync } from "node:fs";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { missingFile } from "../../functions/engine/javascript/project/missing-file.ts";
import { type Artefact, buildArtefact } from "../../packaging/build-artefact.ts";
import { pathPatterns } from "../../packaging/mirror/path-patterns.ts";
import { printReport } from "../../packaging/preflight/print-report.ts";
import { ESM } from "./kinds/kind.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const PROJECT: Files = {
  ...ESM,
  "src/graph.ts": "export const graph = 1;",
  "langgraph.json": { graphs: { g: "./src/graph.ts:graph" } },
};
const MB = 1_024 * 1_024;

async function build(
  files: Files,
  look: (there: (name: string) => boolean, artefact: Artefact, project: TemporaryProject) => unknown,
): Promise<void> {
  await using project = await TemporaryProject.write({ ...PROJECT, ...files });
  const artefact = await buildArtefact({ config: path.join(project.dir, "langgraph.json"), cpu: "x64" });
  await look((name) => existsSync(path.join(artefact.folder, "project", name)), artefact, project);
}

const ruleOf = ({ leftOut }: Artefact, name: string): string | undefined =>
  leftOut.find(({ path: at }) => at === name)?.rule;

test("S12: what .dockerignore names is left out of the artefact alone, but for its exceptions, and said", async () => {
  const files = {
    ".dockerignore": "# data\n/data/*\n!data/keep.txt\n**/*.bin\nsrc\n",
    "data/large.csv": "",
    "data/keep.txt": "",
    "models/deep/a.bin": "",
    "models/a.txt": "",
    "src/prompt.md": "",
  };
  await build(files, async (there, artefact, project) => {
    expect(["data/keep.txt", "models/a.txt", "src/graph.ts"].filter((name) => !there(name))).toEqual([]);
    expect(["data/large.csv", "models/deep/a.bin", "src/prompt.md"].filter(there)).toEqual([]);
    expect(ruleOf(artefact, "data/large.csv")).toBe(".dockerignore");
    expect(await printReport({ artefact, seconds: 1, tried: undefined, untried: "--no-load" })).toMatch(
      /^(?:left out)? +\.dockerignore: .*data\/large\.csv/m,
    );
    await project.compile();
    expect(existsSync(path.join(project.dir, ".threadline/build/data/large.csv"))).toBe(true);
  });
});

test("S5, S12: threadline.include brings what a rule leaves out, threadline.exclude leaves out, secrets never come", async () => {
  const files = {
    "langgraph.json": {
      graphs: { g: "./src/graph.ts:graph" },
      threadline: { include: [".next/manifest.json", "yarn.lock", ".env"], exclude: ["data", "!data/keep.txt"] },
    },
    ".next/manifest.json": {},
    ".next/cache.bin": "",
    "yarn.lock": "",
    "package-lock.json": "{}",
    ".env": "",
    ".npmrc": "",
    "data/large.csv": "",
    "node_modules/.cache/x": "",
  };
  await build(files, (there, artefact) => {
    expect([".next/manifest.json", "yarn.lock"].filter((name) => !there(name))).toEqual([]);
    expect([".next/cache.bin", "package-lock.json", ".env", ".npmrc", "data/large.csv"].filter(there)).toEqual([]);
    const rules = [".env", ".npmrc", ".next/", "package-lock.json", "data/", "node_modules/"];
    expect(rules.map((name) => ruleOf(artefact, name))).toEqual([
      "may hold secrets",
      "may hold secrets",
      "written by tools",
      "a lock file",
      '"threadline.exclude"',
      "packages come by themselves",
    ]);
    expect(artefact.findings.filter(({ topic }) => topic === "config")).toEqual([]);
  });
});

test("a choice that is no list of paths is said to have no effect", async () => {
  const files = { "langgraph.json": { graphs: { g: "./src/graph.ts:graph" }, threadline: { include: "data" } } };
  await build(files, (_, { findings }) => {
    expect(findings.filter(({ topic }) => topic === "config").map(({ text }) => text)).toEqual([
      '"threadline.include" is not a list of paths: it has no effect.',
    ]);
  });
});

test("what tools write is left out: environments of Python, reports, other packages, output of the build", async () => {
  const files = {
    "tsconfig.json": { compilerOptions: { outDir: "out" } },
    "out/old.txt": "",
    "venv/pyvenv.cfg": "",
    "coverage/lcov.info": "",
    "web/package.json": { name: "web" },
    "web/node_modules/x.txt": "",
    "src/old.js.map": "",
  };
  await build(files, (there, artefact) => {
    expect(Object.keys(files).filter(there)).toEqual(["tsconfig.json"]);
    expect(["out/", "venv/", "coverage/", "web/"].map((name) => ruleOf(artefact, name))).toEqual([
      "output of the package's build",
      "written by tools",
      "written by tools",
      "another package",
    ]);
  });
});

test("S12: an artefact that is too large names the largest files, not packages alone", async () => {
  await using project = await TemporaryProject.write(PROJECT);
  const large = path.join(project.dir, "data/model.bin");
  await mkdir(path.dirname(large));
  await writeFile(large, "");
  await truncate(large, 260 * MB);

  const { findings } = await buildArtefact({ config: path.join(project.dir, "langgraph.json"), cpu: "x64" });

  expect(findings[0]).toMatchObject({
    level: "error",
    text: expect.stringMatching(/Of the project's files: data\/model\.bin 260 MB; "threadline": \{"exclude"/),
  });
});

test("S4: what lies around the package and is not named stays, and is said; 50 MB at most come by a name", async () => {
  await using project = await TemporaryProject.write({
    "package.json": { name: "root", workspaces: ["apps/*"] },
    "prompts/a.md": "",
    "unnamed/b.md": "",
    "videos/large.mp4": "",
    "apps/agent/package.json": { name: "agent", type: "module" },
    "apps/agent/src/graph.ts": 'export const graph = ["../../prompts/", "../../videos/x"];',
    "apps/agent/langgraph.json": { graphs: { g: "./src/graph.ts:graph" } },
  });
  await truncate(path.join(project.dir, "videos/large.mp4"), 51 * MB);

  const artefact = await buildArtefact({ config: path.join(project.dir, "apps/agent/langgraph.json"), cpu: "x64" });

  expect(existsSync(path.join(artefact.folder, "project/prompts/a.md"))).toBe(true);
  expect(["unnamed/", "videos/"].map((name) => ruleOf(artefact, name))).toEqual([
    "outside of the package, and not named in its source",
    "outside of the package, and too large",
  ]);
});

describe("a file that is missed at run time", () => {
  const left_out = [{ path: "data/", rule: ".dockerignore" }];
  const missing = (at: string): Error => Object.assign(new Error("ENOENT"), { code: "ENOENT", path: at });

  test.each([
    [
      "by the rule that left it out",
      missing("/var/task/project/data/x.csv"),
      /^data\/x\.csv is not here: \.dockerignore/,
    ],
    ["in a cause", new Error("no prompt", { cause: missing("/var/task/project/data") }), /^data is not here/],
    ["by its name", missing("/var/task/project/apps/.cache/x"), /: written by tools;/],
    ["outside of the package", missing("/var/task/project/prompts/x"), /: outside of the package/],
    ["outside of the project", missing("/var/task/prompts/x"), /outside of the deployed project/],
  ])("%s is explained", (_, error, text) => {
    expect(missingFile(error, "/var/task/project", { left_out, packages: ["apps", "src", "data"] })).toMatch(text);
  });

  test.each([
    ["that nobody left out", missing("/var/task/project/src/x")],
    ["of another kind", new Error("ENOENT")],
  ])("%s is not", (_, error) => {
    expect(missingFile(error, "/var/task/project", { left_out, packages: ["apps", "src", "data"] })).toBeUndefined();
  });
});

test.each([
  [["data"], "data/x/y.txt", true],
  [["/data/"], "data/x.txt", true],
  [["data"], "src/data/x.txt", false],
  [["**/data"], "src/data/x.txt", true],
  [["**/data"], "data", true],
  [["*.md"], "a.md", true],
  [["*.md"], "docs/a.md", false],
  [["docs/**/*.md"], "docs/a.md", true],
  [["docs/**"], "docs/a/b", true],
  [["a?c"], "abc", true],
  [["a.c"], "abc", false],
  [["*", "!src"], "src/x.ts", false],
  [["*", "!src"], "data", true],
  [["# data", "", " "], "# data", false],
])("patterns %j: %s is named: %s", (lines, name, expected) => {
  expect(pathPatterns(lines).matches(name)).toBe(expected);
});
