/** N1: `npm run deploy:local` as far as it goes without MiniStack; with it, `npm run test:deploy` goes all the way. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Template } from "aws-cdk-lib/assertions";
import { AgentServer } from "../../infra/agent-server.ts";
import { freePort } from "../../local/free-port.ts";
import { parseDeployFlags } from "../../local/ministack/deploy-flags.ts";
import { fitToMiniStack } from "../../local/ministack/fit.ts";
import { projectFolder, removeFolders, testStack } from "../infra/template-of.ts";

afterAll(removeFolders);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-deploy-local-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]): Promise<{ code: number; out: string; error: string }> =>
  new Promise((done) => {
    const all = [here("../../local/ministack/deploy.ts"), ...args, "--data", join(folder, "kept")];
    execFile(process.execPath, all, (failure, out, error) => done({ code: Number(failure?.code ?? 0), out, error }));
  });

test("N1: without flags it is the example, on MiniStack's own port, in a folder of ours", () => {
  expect(parseDeployFlags([], "/")).toEqual({
    action: "deploy",
    config: resolve("langgraph.json"),
    port: 4566,
    folder: resolve(".threadline/ministack"),
  });
});

test.each([
  [["--help"], 0, "npm run deploy:local -- --remove"],
  [["--colour"], 2, "--colour"],
  [["--port", "0"], 2, "--port: 0 is not a port"],
  [["--config", "no/such.json"], 2, "no/such.json"],
  [["--key", "--remove"], 2, "do not go together"],
  [["--key"], 1, "Nothing is deployed"],
  [["--remove"], 0, "Nothing is there."],
])("N1: %j ends with %i and says why", async (args, code, text) => {
  const ended = await run(...args);

  expect(ended.code).toBe(code);
  expect(ended.out + ended.error).toContain(text);
  expect(ended.error).not.toContain("    at ");
});

test("N1: a port that is taken is told before anything is installed", async () => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());

  expect(await run("--port", String(port))).toMatchObject({ code: 1, error: expect.stringContaining("--port") });
});

test("N1: nothing that MiniStack refuses is in its stack", () => {
  const stack = testStack();
  const artefact = { folder: projectFolder(), warnings: [] };
  const config = join(projectFolder(), "langgraph.json");
  fitToMiniStack(new AgentServer(stack, "AgentServer", { config, artefact }));

  const template = Template.fromStack(stack);
  const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm"));
  expect(alarms.length).toBeGreaterThan(3);
  expect(alarms.filter((alarm: { Properties?: { Metrics?: unknown } }) => alarm.Properties?.Metrics)).toEqual([]);
  template.resourceCountIs("AWS::SQS::QueuePolicy", 0);
  template.resourceCountIs("AWS::Lambda::Function", 3);
});
