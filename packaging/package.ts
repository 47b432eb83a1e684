/**
 * `npm run package`: builds what a deployment uploads and prints what will not work. Exit codes: 1 = it would not work on Lambda, no graph
 * loads, or it could not be built; 2 = wrong arguments.
 */
import path from "node:path";
import { CommandError, printFailure } from "../command-line/command-error.ts";
import { parseChoice, readArguments } from "../command-line/read-arguments.ts";
import { buildArtefact } from "./build-artefact.ts";
import { CPUS } from "./natives/target.ts";
import { checkEnv } from "./preflight/check-env.ts";
import { inOrder } from "./preflight/finding.ts";
import { printReport } from "./preflight/print-report.ts";
import { recordShapes } from "./preflight/record-shapes.ts";
import { trialEnv, tryGraphs, whyUntried } from "./preflight/try-graphs.ts";
import { ConfigError, readConfig } from "./config/read-config.ts";

const USAGE = `Builds the folder that Lambda gets, and says what will not work there.

  npm run package -- [--config PATH] [--cpu arm64|x64] [--out DIR] [--image] [--no-load]

  --config PATH   langgraph.json of the project, or its folder   (default: langgraph.json here)
  --cpu CPU       arm64 or x64 (x86_64)                          (default: arm64)
  --out DIR       an empty folder, or one of an earlier artefact (default: .threadline/artefact/CPU beside langgraph.json)
  --image         adds a Dockerfile, for a container image instead of a ZIP
  --no-load       does not load the graphs
  --help          this text`;

const OPTIONS = {
  config: { type: "string" },
  cpu: { type: "string", default: "arm64" },
  out: { type: "string" },
  image: { type: "boolean", default: false },
  "no-load": { type: "boolean", default: false },
} as const;

async function main(): Promise<void> {
  const flags = readArguments(process.argv.slice(2), OPTIONS, USAGE);
  if (flags.help) return void process.stdout.write(`${USAGE}\n`);
  const began = performance.now();
  const config = path.resolve(flags.config ?? "langgraph.json");
  const artefact = await buildArtefact({
    config,
    cpu: flags.cpu === "x86_64" ? "x64" : parseChoice("cpu", flags.cpu, CPUS),
    image: flags.image,
    ...(flags.out === undefined ? {} : { out: flags.out }),
  });
  const seconds = (performance.now() - began) / 1_000;
  const untried = flags["no-load"] ? "--no-load" : whyUntried(artefact);
  const tried =
    untried === undefined ? await tryGraphs(artefact, trialEnv(artefact.env, readConfig(config))) : undefined;
  if (tried) recordShapes(artefact, tried);
  const findings = inOrder([
    ...artefact.findings.filter(({ topic }) => topic !== "env"),
    ...checkEnv(
      artefact.env,
      tried?.flatMap(({ error }) => error ?? []),
    ),
  ]);
  process.stdout.write(await printReport({ artefact: { ...artefact, findings }, seconds, tried, untried }));
  const isBroken = findings.some(({ level }) => level === "error");
  const isBuiltLater = flags.image && artefact.natives.some(({ built, fits }) => built && !fits);
  // Some graphs may need what only this machine lacks, such as a variable. If none loads, something is wrong.
  const loadsNone = !isBuiltLater && (tried?.every(({ error }) => error !== undefined) ?? false);
  if (isBroken || loadsNone) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.exitCode = printFailure(error instanceof ConfigError ? new CommandError(error.message) : error);
}
