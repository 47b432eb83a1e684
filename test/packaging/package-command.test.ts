/** `npm run package` as a person meets it: what it prints, what it leaves, how it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { elf } from "./native-files.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";
import { writeFile } from "node:fs/promises";

const PROGRAM = fileURLToPath(new URL("../../packaging/package.ts", import.meta.url));
const ESM = fileURLToPath(new URL("../fixtures/projects/esm", import.meta.url));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

const run = (...args: string[]): Promise<Ended> => runWith({}, ...args);

async function runWith(shell: Record<string, string>, ...args: string[]): Promise<Ended> {
  // As at a terminal, where the compiler colors what it says.
  const { NO_COLOR: _none, ...surroundings } = process.env;
  const env = { ...surroundings, FORCE_COLOR: "1", ...shell };
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.err += text));
  await once(child, "close");
  return { code: child.exitCode, ...said };
}

const PROJECT: Files = {
  "package.json": { name: "p", type: "module", dependencies: { native: "1.0.0" } },
  "node_modules/native/package.json": { name: "native", version: "1.0.0", main: "i.js" },
  "node_modules/native/binding.gyp": "{}",
  "node_modules/native/i.js": "",
  "src/graph.ts": 'import "native"; export const graph = 1;',
  "langgraph.json": { graphs: { g: "./src/graph.ts:graph" } },
};

test("builds, loads the graphs, and says what is in it", async () => {
  await using project = await TemporaryProject.write({});
  const out = path.join(project.dir, "out");

  const { code, out: said } = await run("--config", ESM, "--cpu", "x86_64", "--out", out);

  expect(code).toBe(0);
  expect(said).toMatch(
    /^artefact {3}.*out\ntarget {5}linux x64, [\d.]+ s\nsize {7}\d+ MB unzipped of 250 MB, \d+ MB zipped, \d+ files\n/,
  );
  expect(said).toMatch(/packages {3}\d+; largest: js-tiktoken \d+ MB/);
  expect(said).toMatch(/graphs {5}agent: loads, \d+ ms\n {11}second graph: loads, \d+ ms\n/);
  expect(existsSync(path.join(out, "project/manifest.json"))).toBe(true);
});

test("a file that does not compile is named without the compiler's colors", async () => {
  await using project = await TemporaryProject.write({ ...PROJECT, "src/graph.ts": "export const graph = (;" });

  const { out } = await run("--config", project.dir, "--no-load");

  expect(out).toContain('warning  graph: Graph "g" cannot be served: src/graph.ts:1: Unexpected token\n');
});

test("names the variables that are deployed, and says that warnings do not stand in the way", async () => {
  const env = { MODEL: "small", KEY: "ssm:/key", API_TOKEN: "plain", AWS_REGION: "eu-west-1" };
  await using project = await TemporaryProject.write({
    "package.json": { name: "p", type: "module" },
    "src/graph.ts": "export const graph = 1;",
    "langgraph.json": { graphs: { g: "./src/graph.ts:graph" }, env },
  });

  const { code, out } = await run("--config", project.dir, "--no-load");

  expect(code).toBe(0);
  expect(out).toMatch(/^variables {2}MODEL, KEY\n/m);
  expect(out).toMatch(/^warning {2}secret: .*API_TOKEN.*\n(?:.*\n)*It can be deployed; the warnings say/m);
});

test("exit code 1 if no graph loads; one that does is enough", async () => {
  await using none = await TemporaryProject.write({
    "package.json": { name: "p", type: "module" },
    "src/graph.ts": "undefined.nothing; export const graph = 1;",
    "langgraph.json": { graphs: { bad: "./src/graph.ts:graph" } },
  });

  const failed = await run("--config", none.dir, "--cpu", "x64");
  const passed = await run("--config", "test/fixtures/rude", "--cpu", "x64", "--out", path.join(none.dir, "out"));

  expect(failed).toMatchObject({ code: 1, out: expect.stringMatching(/bad: does not load: (?!Graph)/) });
  expect(passed).toMatchObject({ code: 0, out: expect.stringContaining("exits: does not load: ") });
});

test("P14: a package that has to be built on the target: exit code 1 with the way out; the image builds it", async () => {
  await using project = await TemporaryProject.write(PROJECT);
  await writeFile(path.join(project.dir, "node_modules/native/native.node"), elf("x64"));

  const zip = await run("--config", project.dir, "--cpu", "arm64");
  const image = await run("--config", project.dir, "--cpu", "arm64", "--image");

  expect(zip.code).toBe(1);
  expect(zip.out).toMatch(/graphs {5}g: does not load: /);
  expect(zip.out).toMatch(
    /^error {4}native: native@1.0.0 was built on installation and has binaries for linux x64, none for linux arm64.*--image/m,
  );
  expect(image.code).toBe(0);
  expect(image.out).toContain("native@1.0.0 is built in the image.");
  const dockerfile = readFileSync(path.join(project.dir, ".threadline/artefact/arm64/Dockerfile"), "utf8");
  expect(dockerfile).toBe(
    [
      "# docker build --platform linux/arm64 --provenance=false -t threadline .",
      "FROM public.ecr.aws/lambda/nodejs:24 AS build",
      "RUN dnf install -y gcc-c++ make python3 && dnf clean all",
      "WORKDIR /artefact",
      "COPY . .",
      "RUN cd project && npm rebuild --foreground-scripts native",
      "",
      "FROM public.ecr.aws/lambda/nodejs:24",
      "COPY --from=build /artefact/ ${LAMBDA_TASK_ROOT}/",
      'CMD ["worker.handler"]',
      "",
    ].join("\n"),
  );
});

test("names the variables that look like secrets, with the way out, and never their values", async () => {
  await using project = await TemporaryProject.write({
    "package.json": { name: "p", type: "module" },
    "src/graph.ts": "export const graph = 1;",
    ".env": "OPENAI_API_KEY=sk-very-secret\nDB_PASSWORD=secretsmanager:app/db#password\nMODEL=small\n",
    "langgraph.json": { graphs: { g: "./src/graph.ts:graph" }, env: ".env" },
  });

  const { out } = await run("--config", project.dir, "--no-load");

  expect(out).toMatch(
    /^warning {2}secret: Will not be deployed: OPENAI_API_KEY looks like a secret.*OPENAI_API_KEY=ssm:\/threadline\/OPENAI_API_KEY/m,
  );
  expect(out.match(/Will not be deployed/g)).toHaveLength(1);
  expect(out).not.toContain("sk-very-secret");
});

test("P12: a key that only the shell has loads the graph, and one voice says what a deployment needs", async () => {
  await using project = await TemporaryProject.write({});
  const args = ["--config", "test/fixtures/keyed", "--cpu", "x64", "--out", path.join(project.dir, "out")];
  const key = "TEST_KEY_OF_THE_SHELL";

  const without = await run(...args);
  const given = await runWith({ [key]: "a" }, ...args);

  expect(without).toMatchObject({ code: 1, out: expect.stringContaining(`does not load: ${key} not found`) });
  expect(without.out).toContain(`Read by the code, but not set by "env" of langgraph.json: ${key} (agent.ts)`);
  expect(without.out).not.toContain("perhaps");
  expect(given).toMatchObject({ code: 0, out: expect.stringMatching(/g: loads, \d+ ms/) });
  expect(given.out).toMatch(new RegExp(`^note +env: Set in this shell alone, .* ${key} \\(agent\\.ts\\)\\.$`, "m"));
});

test.each([
  ["an unknown flag", ["--arch", "arm64"], 2, /--arch[\s\S]*npm run package/],
  ["an unknown CPU", ["--config", ESM, "--cpu", "sparc"], 2, /--cpu: sparc is none of arm64, x64/],
  ["no config", ["--config", "/nowhere/langgraph.json"], 1, /^There is no file \/nowhere\/langgraph.json\.\n$/],
])("%s is refused", async (_, args, code, words) => {
  const ended = await run(...args);

  expect(ended).toEqual({ code, out: "", err: expect.stringMatching(words) });
});

test("a folder that holds something else, and a project that is not installed, are refused and stay as they are", async () => {
  await using project = await TemporaryProject.write({ ...PROJECT, "mine/notes.txt": "mine" });

  const taken = await run("--config", project.dir, "--out", path.join(project.dir, "mine"));
  await project.remove("node_modules/native");
  const missing = await run("--config", project.dir, "--no-load");

  expect(taken).toEqual({
    code: 1,
    out: "",
    err: expect.stringContaining("is not empty and holds no earlier artefact"),
  });
  expect(await project.list("mine")).toEqual(["notes.txt"]);
  expect(missing).toEqual({
    code: 1,
    out: "",
    err: expect.stringMatching(/^p needs native, which is not installed .*\(npm install\?\)/),
  });
});
