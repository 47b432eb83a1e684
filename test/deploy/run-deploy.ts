/**
 * `npm run test:deploy`: a real bootstrap, deploy, update and destroy of the stack, against MiniStack with roles enforced, and the main way
 * through what was deployed. Needs Python 3.10 and the package index, so it is no part of `npm test`.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { clientOf, type Deployment, eventually, runCases } from "./cases.ts";
import { ACCOUNT, type MiniStack, REGION, startMiniStack } from "./ministack.ts";
import { createEnvironment, execute, findPython } from "./python.ts";
import { check, failed } from "./report.ts";
import { grantedBy, type Role, usedBy } from "./rights.ts";
import { synthesise } from "./templates.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const CONFIG = here("project/langgraph.json");
/** Not in the project: what the graphs are told by reference. */
const STORED = { stored: "a stored secret", other: "another secret" };
/** Granted, and not met with here: webhooks, an id of a deleted thread used again, what a dead worker left to be rolled back. */
const SELDOM: Record<Role, string[]> = {
  api: ["dynamodb:DeleteItem"],
  worker: [],
  clock: ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query"].map((name) => `dynamodb:${name}`),
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
  let ministack: MiniStack | undefined;
  try {
    const [bin] = await Promise.all([
      check("installs MiniStack and cfn-lint", () => createEnvironment(interpreter, join(folder, "python"))),
      check("builds the artefact", () => buildArtefact({ config: CONFIG, cpu, out: artefact })),
    ]);
    if (bin === undefined || failed()) return;
    ministack = await check("starts MiniStack", () => startMiniStack(bin, folder));
    if (!ministack) return;
    await Promise.all([lint(bin, folder, artefact), deployAndUse(ministack, folder, artefact)]);
    if (failed()) console.log(readFileSync(join(folder, "ministack.log"), "utf8").slice(-4_000));
  } finally {
    await ministack?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
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

async function deployAndUse(ministack: MiniStack, folder: string, artefact: string): Promise<void> {
  const aws = {
    region: REGION,
    endpoint: ministack.endpoint,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: "test" },
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

  const deployment = await readOutputs(outputs, ministack.endpoint, secrets);
  const client = clientOf(deployment);
  const { thread_id } = await client.threads.create();
  const crashed = await client.runs.create(thread_id, "crasher", { input: {} });
  await runCases(deployment, STORED);

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
    assert.deepEqual((await readOutputs(outputs, ministack.endpoint, secrets)).url, deployment.url);
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
  await check("the clock has a run whose worker died taken up, from its checkpoint", async () => {
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
    for (const role of ["api", "worker", "clock"] as const)
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
      used.clock.filter((action) => !granted.clock.includes(action)),
      [],
    );
  });
  await check("cdk destroy leaves no table", async () => {
    await cdk(["destroy", "--force"], { memory: "2048" });
    const table = new DynamoDBClient(aws).send(new DescribeTableCommand({ TableName: deployment.table }));
    await assert.rejects(table, { name: "ResourceNotFoundException" });
  });
}

/** MiniStack answers a Function URL under a path of its own. */
async function readOutputs(
  file: string,
  endpoint: string,
  secrets: SecretsManagerClient,
): Promise<Deployment & { table: string }> {
  const { Deployed } = JSON.parse(readFileSync(file, "utf8")) as { Deployed: Record<string, string> };
  const valueOf = (part: string): string =>
    Object.entries(Deployed).find(([name]) => name.startsWith(`Server${part}`))?.[1] ?? "";
  const id = /^https:\/\/([a-z0-9]+)\./.exec(valueOf("Url"))?.[1] ?? "";
  const secret = /--secret-id (\S+)/.exec(valueOf("KeyCommand"))?.[1] ?? "";
  const { SecretString: key = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
  return { url: `${endpoint}/_aws/lambda-url/${id}`, key, secret, table: valueOf("TableName") };
}
