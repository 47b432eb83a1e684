/**
 * `npm run deploy:local`: deploys the stack to MiniStack on loopback and prints what `cdk deploy` prints, and how to remove it. Everything
 * is in one folder. Exit codes: 2 = wrong arguments, 1 = it could not be done.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { isFree } from "../free-port.ts";
import { CommandError, printFailure } from "../../command-line/command-error.ts";
import { type DeployFlags, parseDeployFlags, USUAL_FOLDER } from "./deploy-flags.ts";
import { findKept, keep, removeKept } from "./kept.ts";
import { createEnvironment, findPython } from "./python.ts";
import { type Outputs, readOutputs } from "./read-outputs.ts";
import * as ministack from "./start-ministack.ts";

const APP = fileURLToPath(new URL("app.ts", import.meta.url));
const COMMAND = "npm run --silent deploy:local --";

const print = (text: string): void => void process.stdout.write(`${text}\n`);
/** On stderr, because stdout is for the key, which shells read. */
const printStep = (text: string): void => void process.stderr.write(`… ${text}\n`);

async function main(): Promise<void> {
  const flags = parseDeployFlags(process.argv.slice(2), process.cwd());
  if ("help" in flags) return print(flags.help);
  if (flags.action === "remove")
    return print(
      (await removeKept(flags.folder)) ? "MiniStack has ended, and nothing of it is left." : "Nothing is there.",
    );
  if (flags.action === "key") return print(await keyOf(flags.folder));

  const endpoint = await openMiniStack(flags);
  printStep("deploys");
  const context = ["-c", `config=${flags.config}`, "-c", `cpu=${process.arch === "arm64" ? "arm64" : "x64"}`];
  const outputs = outputsOf(flags.folder);
  await cdk(endpoint, flags.folder, "deploy", "--require-approval", "never", "--outputs-file", outputs, ...context);
  const deployed = readOutputs(outputs, endpoint, "AgentServer");
  await expectAnswer(`${deployed.url}/ok`);
  print(summary(deployed, flags));
}

/** @throws CommandError with what came instead */
async function expectAnswer(url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok)
    throw new CommandError(
      `It is deployed, but ${url} answers ${response.status}: ${(await response.text()).slice(0, 300)}`,
    );
}

const outputsOf = (folder: string): string => join(folder, "outputs.json");

function summary({ url, tryWith }: Outputs, { folder }: DeployFlags): string {
  const data = folder === USUAL_FOLDER ? "" : ` --data ${folder}`;
  const key = `${COMMAND} --key${data}`;
  return `
  Url     ${url}
  Key     ${key}
  Try     ${tryWith(`$(${key})`)}
  Back    ${COMMAND} --remove${data}

  It stays until then, or until this machine stops. Answers come in one piece at their end: MiniStack does not stream.
`;
}

async function keyOf(folder: string): Promise<string> {
  const kept = await findKept(folder);
  if (!kept || !existsSync(outputsOf(folder))) throw new CommandError("Nothing is deployed: npm run deploy:local");
  const endpoint = ministack.endpointAt(kept.port);
  const { secret } = readOutputs(outputsOf(folder), endpoint, "AgentServer");
  const client = new SecretsManagerClient({
    endpoint,
    region: ministack.REGION,
    credentials: ministack.CREDENTIALS,
  });
  const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
  return SecretString;
}

/** The MiniStack that runs, or a new one with an empty account. */
async function openMiniStack({ folder, port }: DeployFlags): Promise<string> {
  const kept = await findKept(folder);
  if (kept) return ministack.endpointAt(kept.port);
  if (!(await isFree(port))) throw new CommandError(`Port ${port} is taken. Give another one with --port.`);
  const python = await findPython();
  if (python === undefined)
    throw new CommandError("MiniStack needs Python 3.10 or newer as `python3` on PATH, with venv.");
  mkdirSync(folder, { recursive: true });
  let bin = join(folder, "python", "bin");
  if (!existsSync(join(bin, "ministack"))) {
    printStep("installs MiniStack");
    bin = await createEnvironment(python, join(folder, "python"), [ministack.REQUIREMENTS]);
  }
  printStep("starts it");
  const { endpoint, pid } = await ministack.startMiniStack({ bin, folder, port });
  printStep("bootstraps its account");
  try {
    await ministack.bootstrap(endpoint, folder);
  } catch (error) {
    ministack.endMiniStack(pid);
    throw error;
  }
  keep(folder, { pid, port });
  return endpoint;
}

/** @throws CommandError with what the CDK said last */
async function cdk(endpoint: string, folder: string, ...args: string[]): Promise<void> {
  const app = ["--app", `node "${APP}"`, "--output", join(folder, "cdk.out")];
  try {
    await ministack.cdk(endpoint, folder, ...args, ...app);
  } catch (error) {
    const printed = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new CommandError(
      `It could not be deployed. MiniStack's own words: ${ministack.logOf(folder)}\n${printed.trim()}`,
    );
  }
}

try {
  await main();
} catch (error) {
  process.exitCode = printFailure(error);
}
