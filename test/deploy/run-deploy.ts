/**
 * `npm run test:deploy`: a real bootstrap, deploy, update and destroy of the stack, against MiniStack with roles enforced, and the main way
 * through what was deployed. Needs Python 3.10 and the package index, so it is no part of `npm test`.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Client } from "@langchain/langgraph-sdk";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { freePort, isFree } from "../../local/free-port.ts";
import { createEnvironment, execute, findPython } from "../../local/ministack/python.ts";
import { readOutputs } from "../../local/ministack/read-outputs.ts";
import { ACCOUNT, CREDENTIALS, logOf, REGION, REQUIREMENTS } from "../../local/ministack/start-ministack.ts";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { recordShapes } from "../../packaging/preflight/record-shapes.ts";
import { tryGraphs } from "../../packaging/preflight/try-graphs.ts";
import { packOwnInterpreter } from "../python/own-interpreter.ts";
import { installPython } from "../registry/install.ts";
import { clientOf, type Deployment, eventually, runCases } from "./cases.ts";
import { runPythonCases } from "./python-cases.ts";
import { type RecordedMiniStack, startRecorded } from "./recorded-ministack.ts";
import { check, failed } from "./report.ts";
import { grantedBy, type Role, usedBy } from "./rights.ts";
import { runUserCases } from "./user-cases.ts";
import { synthesise } from "./templates.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const DEPLOY_LOCAL = here("../../local/ministack/deploy.ts");
const OWN_PROJECT = here("../fixtures/golden/langgraph.json");
const PROJECT_WITH_USERS = here("../fixtures/auth/langgraph.json");
const CONFIG = here("project/langgraph.json");
/** Not in the project: what the graphs are told by reference. */
const STORED = { stored: "a stored secret", other: "another secret" };
/** Granted, and not met with here: webhooks, an id of a deleted thread used again, what a dead worker left to be rolled back. */
const SELDOM: Record<Role, string[]> = {
  api: ["dynamodb:DeleteItem"],
  worker: [],
  sweeper: ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query"].map((name) => `dynamodb:${name}`),
};

const python = await findPython();
if (python === undefined)
  console.log("Skipped: there is no python3 of 3.10 or newer on PATH, and MiniStack needs one.");
else await main(python);
process.exit(failed() ? 1 : 0);

async function main(interpreter: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "threadline-deploy-"));
  const artefact = join(folder, "artefact");
  const cpu = process.arch === "arm64" ? "arm64" : "x64";
  let ministack: RecordedMiniStack | undefined;
  try {
    const [bin] = await Promise.all([
      check("installs MiniStack and cfn-lint", () =>
        createEnvironment(interpreter, join(folder, "python"), [REQUIREMENTS, here("requirements.txt")]),
      ),
      check("builds the artefact", async () => {
        await bringPython(folder);
        const built = await buildArtefact({ config: CONFIG, cpu, out: artefact });
        recordShapes(built, await tryGraphs(built, {}));
      }),
    ]);
    if (bin === undefined || failed()) return;
    ministack = await check("starts MiniStack", () => startRecorded(bin, folder));
    if (!ministack) return;
    await Promise.all([lint(bin, folder, artefact), deployAndUse(ministack, folder, artefact)]);
    await deployLocally(folder);
    if (failed()) console.log(readFileSync(logOf(folder), "utf8").slice(-4_000));
  } finally {
    ministack?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The graph of Python gets this machine's own CPython, in place of the one that uv downloads. */
async function bringPython(folder: string): Promise<void> {
  const own = await installPython();
  if (own === undefined) throw new Error("There is no python3 on PATH.");
  process.env["THREADLINE_PYTHON"] = own;
  process.env["UV_PYTHON_DOWNLOADS_JSON_URL"] = await packOwnInterpreter(own, folder);
}

/** W3005: CDK names dependencies that references imply. */
async function lint(bin: string, folder: string, artefact: string): Promise<void> {
  await check("cfn-lint finds nothing in the templates", async () => {
    const templates = synthesise(join(folder, "lint"), {
      config: CONFIG,
      artefact: { folder: artefact, warnings: [] },
    });
    const { stdout } = await execute(join(bin, "cfn-lint"), ["--ignore-checks", "W3005", "--", ...templates]).catch(
      (error: { stdout: string }) => error,
    );
    assert.equal(stdout.trim(), "");
  });
}

async function deployAndUse(ministack: RecordedMiniStack, folder: string, artefact: string): Promise<void> {
  const aws = {
    region: REGION,
    endpoint: ministack.endpoint,
    credentials: CREDENTIALS,
  };
  const secrets = new SecretsManagerClient(aws);
  const outputs = join(folder, "outputs.json");
  const cdk = (command: string[], context: Record<string, string>): Promise<void> =>
    ministack.cdk(
      ...command,
      "--app",
      `node "${here("app.ts")}"`,
      "--output",
      join(folder, "cdk.out"),
      ...Object.entries({ config: CONFIG, artefact, ...context }).flatMap(([name, value]) => [
        "-c",
        `${name}=${value}`,
      ]),
    );
  const deploy = (context: Record<string, string>): Promise<void> =>
    cdk(["deploy", "--require-approval", "never", "--outputs-file", outputs], context);

  await check("stores the graphs' secrets", async () => {
    const parameter = { Name: "/threadline/stored-secret", Value: STORED.stored, Type: "SecureString" } as const;
    await new SSMClient(aws).send(new PutParameterCommand(parameter));
    const SecretString = JSON.stringify({ field: STORED.other });
    await secrets.send(new CreateSecretCommand({ Name: "threadline/other-secret", SecretString }));
  });
  await check("cdk bootstrap", () => ministack.cdk("bootstrap", `aws://${ACCOUNT}/${REGION}`));
  await check("cdk deploy", () => deploy({ memory: "1024" }));
  if (failed()) return;

  const deployment = await deploymentOf(outputs, ministack.endpoint, secrets);
  const client = clientOf(deployment);
  const { thread_id } = await client.threads.create();
  const crashed = await client.runs.create(thread_id, "crasher", { input: {} });
  await runCases(deployment, STORED);
  await runPythonCases(client, folder);

  await check("a new key opens at once, the one before as well", async () => {
    await secrets.send(new PutSecretValueCommand({ SecretId: deployment.secret, SecretString: "the new key" }));
    const ask = (key: string) =>
      clientOf({ ...deployment, key })
        .threads.get(thread_id)
        .then(
          () => 200,
          (error: unknown) => String(error),
        );
    await eventually(
      () => ask("the new key"),
      (answer) => answer === 200,
    );
    assert.equal(await ask(deployment.key), 200);
  });

  await check("an update takes one right from the worker: nothing runs without it", async () => {
    await deploy({ memory: "2048", deny: "dynamodb:UpdateItem" });
    assert.deepEqual((await deploymentOf(outputs, ministack.endpoint, secrets)).url, deployment.url);
    const run = await client.runs.create(null, "agent", { input: { topic: "fog" } });
    await ministack.until(/UpdateItem.*(?:denied|not authorized)|not authorized.*UpdateItem/);
    const thread = (run as { thread_id: string }).thread_id;
    assert.equal((await client.runs.get(thread, run.run_id)).status, "pending");
  });
  await check("an update gives it back: the thread of before goes on", async () => {
    await deploy({ memory: "2048" });
    const values = await client.runs.wait(null, "agent", { input: { topic: "sun" } });
    assert.match(JSON.stringify(values), /joke about sun/);
    assert.equal((await client.threads.get(thread_id)).thread_id, thread_id);
  });
  await check("the sweeper has a run whose worker died taken up, from its checkpoint", async () => {
    const run = await eventually(
      () => client.runs.get(thread_id, crashed.run_id),
      ({ status }) => status === "success",
      150_000,
    );
    assert.equal(run.status, "success");
    assert.match(JSON.stringify((await client.threads.get(thread_id)).values), /"first":".+","second":"done"/);
  });
  await check("each role may do what its function does, and no more", () => {
    const granted = grantedBy(join(folder, "cdk.out", "Deployed.template.json"));
    const used = usedBy(ministack.proxy.used);
    for (const role of ["api", "worker", "sweeper"] as const)
      assert.deepEqual(
        granted[role].filter((action) => !used[role].includes(action) && !SELDOM[role].includes(action)),
        [],
        `granted to ${role}, never used`,
      );
    assert.deepEqual(
      used.api.filter((action) => !granted.api.includes(action)),
      [],
    );
    assert.deepEqual(
      used.sweeper.filter((action) => !granted.sweeper.includes(action)),
      [],
    );
  });
  await check("N13: cdk destroy leaves no table", async () => {
    await cdk(["destroy", "--force"], { memory: "2048" });
    const table = new DynamoDBClient(aws).send(new DescribeTableCommand({ TableName: deployment.table }));
    await assert.rejects(table, { name: "ResourceNotFoundException" });
  });
}

/** N1: the command of the README with a project of one's own, from the first deploy to nothing left. */
async function deployLocally(folder: string): Promise<void> {
  const data = join(folder, "kept");
  mkdirSync(data);
  // What it would install is there already.
  symlinkSync(join(folder, "python"), join(data, "python"));
  const command = async (...args: string[]): Promise<string> =>
    (await execute(process.execPath, [DEPLOY_LOCAL, ...args, "--data", data], { maxBuffer: 1e8 })).stdout;
  const deploy = async (): Promise<string> => command("--config", OWN_PROJECT, "--port", String(port));
  const port = await freePort();
  try {
    const printed = await check("deploy:local deploys a project, and prints where it is", deploy);
    const valueOf = (name: string): string => new RegExp(`^  ${name} +(.*)$`, "m").exec(printed ?? "")?.[1] ?? "";
    const client = async (): Promise<Client> =>
      clientOf({ url: valueOf("Url"), key: (await command("--key")).trim(), secret: "" });
    const talk = async (topic: string): Promise<unknown> =>
      (await client()).runs.wait(null, "agent", { input: { topic } });
    await check("it stays, its key opens it, and it runs", async () => {
      assert.match(valueOf("Url"), new RegExp(`^http://127\\.0\\.0\\.1:${port}/`));
      assert.equal((await fetch(`${valueOf("Url")}/threads`, { method: "POST", body: "{}" })).status, 401);
      assert.match(JSON.stringify(await talk("fog")), /joke about fog and cats/);
    });
    await check("the line to try runs as it stands", async () => {
      const { stdout } = await execute("sh", ["-c", valueOf("Try")], { cwd: here("../..") });
      assert.match(stdout, /event: metadata/);
    });
    await check("a second deploy updates it, and keeps its threads", async () => {
      const { thread_id } = await (await client()).threads.create();
      assert.equal(new RegExp("^  Url +(.*)$", "m").exec(await deploy())?.[1], valueOf("Url"));
      assert.equal((await (await client()).threads.get(thread_id)).thread_id, thread_id);
    });
    await check("an update brings a project with users", () =>
      command("--config", PROJECT_WITH_USERS, "--port", String(port)),
    );
    await runUserCases(valueOf("Url"));
  } finally {
    await check("--remove leaves neither a process nor a file", async () => {
      await command("--remove");
      assert.ok(await isFree(port));
      assert.ok(!existsSync(data));
    });
  }
}

async function deploymentOf(
  file: string,
  endpoint: string,
  secrets: SecretsManagerClient,
): Promise<Deployment & { table: string }> {
  const { url, secret, originSecret = "", table } = readOutputs(file, endpoint, "Server");
  const [key, origin] = await Promise.all(
    [secret, originSecret].map(async (SecretId) => {
      const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      return SecretString;
    }),
  );
  return { url, key: key ?? "", origin: origin ?? "", secret, table };
}
