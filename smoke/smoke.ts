/**
 * `npm run smoke -- URL`: checks a deployment as a client meets it, and prints a table. Its threads are deleted. Exit codes: 1 = a check
 * failed, 2 = wrong arguments.
 */
import { CommandError } from "../command-line/command-error.ts";
import { Deployment } from "./deployment.ts";
import { causeOf } from "./event-stream.ts";
import { readSmokeArguments } from "./read-arguments.ts";
import { report } from "./report.ts";
import { runChecks } from "./run-checks.ts";
import { chooseSubjects } from "./subjects.ts";

const print = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<0 | 1 | 2> {
  const asked = readSmokeArguments(process.argv.slice(2), process.env);
  if ("help" in asked) {
    process.stdout.write(`${asked.help}\n`);
    return 0;
  }
  const deployment = new Deployment(asked.url, asked.key);
  const version = await versionOf(deployment);
  const subjects = await chooseSubjects(deployment, asked.named);
  if (typeof subjects === "string") {
    print(subjects);
    return 2;
  }
  const findings = await runChecks(deployment, subjects, { ...asked, key: asked.key !== undefined }, (part) =>
    print(`… ${part}`),
  );
  const about = {
    url: asked.url,
    version,
    client: `Node ${process.version}, ${process.platform}`,
    at: new Date().toISOString(),
  };
  process.stdout.write(`${report(about, findings)}\n`);
  return findings.some(({ outcome }) => outcome === "FAILED") ? 1 : 0;
}

/** @throws if the deployment does not answer or the key is wrong */
async function versionOf(deployment: Deployment): Promise<string> {
  const { ok } = await deployment.must("GET", "/ok");
  if (ok !== true) throw new Error("GET /ok does not say that the server is well.");
  await deployment.must("POST", "/assistants/count", {});
  const { version } = await deployment.must("GET", "/info");
  return typeof version === "string" ? version : "of unknown version";
}

process.exitCode = await main().catch((error: unknown) => {
  print(error instanceof CommandError ? error.message : causeOf(error));
  return error instanceof CommandError ? error.exitCode : 1;
});
