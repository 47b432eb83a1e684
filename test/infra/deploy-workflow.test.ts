/**
 * N3: the workflow that deploys, for a project of one's own. Its steps are run as GitHub runs them, with the environment of its variables;
 * `npx` alone is a stand-in, for there is no account: it notes how it was called, and says that a server of this test was deployed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readContext } from "../../infra/read-context.ts";
import { startServer, type TestServer } from "../support/server.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const workflow = readFileSync(join(ROOT, ".github/workflows/deploy.yml"), "utf8");
const CONFIG = "test/fixtures/local/langgraph.json";

/** The script of a step, as YAML gives it: of `|` the lines, of `>-` one line. */
function scriptOf(name: string): string {
  const [, rest = ""] = workflow.split(`- name: ${name}\n`);
  const [, style, block = "", line = ""] = /^ +run: (?:([|]|>-)\n((?: {10}.*\n)+)|(.*\n))/m.exec(rest) ?? [];
  const lines = block.replaceAll(/^ {10}/gm, "");
  const script = style === "|" ? lines : style === ">-" ? lines.replaceAll("\n", " ") : line;
  if (script.trim() === "") throw new Error(`No step ${name}.`);
  return script;
}

/** What `vars.NAME || 'x'` of the job's `env` is without variables. */
const defaults = Object.fromEntries(
  [...workflow.matchAll(/^ {6}(\w+): \$\{\{ vars\.\1(?: \|\| '(.*)')? \}\}$/gm)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]),
);

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-workflow-"));
  for (const name of ["package.json", "smoke", "bench", "node_modules", "test"])
    symlinkSync(join(ROOT, name), join(folder, name));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/npx"), `#!/bin/sh\nprintf '%s\\n' "$@" > npx.txt\n`);
  chmodSync(join(folder, "bin/npx"), 0o755);
  server = await startServer({ config: CONFIG });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function step(name: string, variables: Record<string, string>) {
  const PATH = [join(folder, "bin"), process.env["PATH"]].join(delimiter);
  const env = { ...process.env, ...defaults, ...variables, PATH, GITHUB_STEP_SUMMARY: join(folder, "summary.md") };
  // As GitHub runs `shell: bash`.
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", scriptOf(name)], { cwd: folder, env });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const [code] = await once(child, "close");
  return { code: Number(code), printed };
}

const asked = (): string[] => readFileSync(join(folder, "npx.txt"), "utf8").trim().split("\n");
const contextOf = (args: string[]): Record<string, string> =>
  Object.fromEntries(args.flatMap((arg, n) => (args[n - 1] === "-c" ? [arg.split(/=(.*)/s, 2)] : [])));

test("N3: without variables it deploys the example as Threadline, and keeps its table", async () => {
  expect((await step("Deploy", {})).code).toBe(0);

  expect(asked()).toEqual(expect.arrayContaining(["cdk", "deploy", "--require-approval", "never", "--outputs-file"]));
  expect(contextOf(asked())).toEqual({ config: "langgraph.json", stack: "Threadline", retain: "true" });
  expect(readContext(contextOf(asked())).stack).toBe("Threadline");
});

test("N3: a project of one's own, another stack, other switches", async () => {
  const SWITCHES = "-c pad=true -c streams=20";
  expect((await step("Deploy", { CONFIG: "project/my app/langgraph.json", STACK: "Shop", SWITCHES })).code).toBe(0);

  const context = { config: "project/my app/langgraph.json", stack: "Shop", pad: "true", streams: "20" };
  expect(contextOf(asked())).toEqual(context);
  expect(readContext(context).stack).toBe("Shop");
});

test("N3: its packages are installed where it lies", async () => {
  const { printed } = await step("Install the project", { CONFIG, INSTALL: "pwd -P" });

  expect(printed.trim()).toBe(join(ROOT, "test/fixtures/local"));
});

describe("N3: the smoke test", () => {
  const deployed = (stack: string): void =>
    writeFileSync(
      join(folder, "outputs.json"),
      JSON.stringify({
        [stack]: {
          AgentServerUrl0A1B: server.url,
          AgentServerKeyCommand2C3D: "echo the-key",
          AgentServerTableName4E: "table",
        },
      }),
    );

  test("finds the outputs of a stack of any name, and runs the assistant that is named", async () => {
    deployed("Shop");
    const variables = { STACK: "Shop", SMOKE_ASSISTANT: "steps", SMOKE_INPUT: '{"count":0,"until":3,"ms":1}' };

    const { code, printed } = await step("Smoke test", variables);

    // Any key opens a local server: that one check fails, and the job with it.
    expect(printed).toMatch(/\| mode values \| ok \| \d+ events/);
    expect(printed).toContain("::add-mask::the-key");
    expect(printed).toMatch(/1 of \d+ checks FAILED/);
    expect(printed).toMatch(/\| key \| FAILED/);
    expect(code).toBe(1);
    expect(readFileSync(join(folder, "summary.md"), "utf8")).toContain("| mode values | ok |");
  });

  test("fails where nothing tells what to run, and says what is missing", async () => {
    deployed("Threadline");

    const { code, printed } = await step("Smoke test", {});

    expect(code).not.toBe(0);
    expect(printed).toContain("--assistant NAME");
  });
});

test("N3: infra/README.md names each variable", () => {
  const readme = readFileSync(join(ROOT, "infra/README.md"), "utf8");
  const used = new Set([...workflow.matchAll(/\bvars\.(\w+)/g)].map(([, name = ""]) => name));

  expect(used.size).toBeGreaterThan(8);
  expect([...used].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
