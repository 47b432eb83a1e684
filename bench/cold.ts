/**
 * `npm run bench:cold`: what a deployment uploads and how long a cold start takes, of an artefact under AWS's runtime client.
 * Exit code 1 for unnecessary files and too large bundles; times depend on the machine and are only shown.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printFailure } from "../command-line/command-error.ts";
import { parseCount, readArguments } from "../command-line/read-arguments.ts";
import { startDynamodb } from "../local/dynamodb.ts";
import { startReaper } from "../local/isolated/start-reaper.ts";
import { prepareAws } from "../local/prepare-aws.ts";
import { startSqs } from "../local/sqs.ts";
import { type Artefact, buildArtefact } from "../packaging/build-artefact.ts";
import { recordShapes } from "../packaging/preflight/record-shapes.ts";
import { tryGraphs } from "../packaging/preflight/try-graphs.ts";
import { coldStarts, type ColdStarts, MEMORY } from "./cold-starts.ts";
import { shareOf } from "./cpu-share.ts";
import { type ColdParts, coldParts } from "./python/cold-parts.ts";

const EXAMPLE = fileURLToPath(new URL("../langgraph.json", import.meta.url));
const USAGE = `npm run bench:cold -- [--config PATH] [--rounds N]

  --config PATH   langgraph.json of a project whose graph "agent" takes a "topic"   (default: the example)
  --rounds N                                                                        (default: 9)`;
/** The graph that is run. */
const GRAPH = "agent";
const KB = 1_024;

interface Row {
  what: string;
  value: number;
  unit: "ms" | "KB";
  atMost?: number;
}

const { config, rounds } = readFlags(process.argv.slice(2));
const folder = await mkdtemp(join(tmpdir(), "threadline-cold-"));
const cpu = process.arch === "arm64" ? "arm64" : "x64";
try {
  const artefact = await buildArtefact({ config, cpu, out: join(folder, "artefact") });
  recordShapes(artefact, await tryGraphs(artefact, {}));
  await listContents(artefact);
  const parts = await coldParts(artefact.folder, GRAPH, rounds);
  const rows = [...sizes(artefact), ...times(await measure(artefact), parts)];
  for (const { what, value, unit, atMost } of rows) {
    const verdict =
      atMost === undefined ? "" : `at most ${atMost} ${unit}: ${value <= atMost ? "reached" : "NOT reached"}`;
    console.log(`${what.padEnd(46)} ${value.toFixed(0).padStart(7)} ${unit}  ${verdict}`.trimEnd());
  }
  if (rows.some(({ unit, value, atMost = Infinity }) => unit === "KB" && value > atMost)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();

/** Ends the process after wrong arguments, and after the usage. */
function readFlags(args: string[]): { config: string; rounds: number } {
  try {
    const options = { config: { type: "string", default: EXAMPLE }, rounds: { type: "string", default: "9" } } as const;
    const flags = readArguments(args, options, USAGE);
    if (!flags.help) return { config: flags.config, rounds: parseCount("rounds", flags.rounds) };
  } catch (error) {
    process.exit(printFailure(error));
  }
  console.log(USAGE);
  process.exit(0);
}

/** Lists the content of a ZIP in a few lines. Tests and development packages in it are a defect. */
async function listContents({ folder: root, packages, python, bytes }: Artefact): Promise<void> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map((file) => join(file.parentPath, file.name).slice(root.length + 1));
  const own = names.filter((name) => !/node_modules\/|^python\/|__pycache__/.test(name));
  console.log(
    `${files.length} files, ${(bytes / KB / KB).toFixed(1)} MB unzipped, ${packages.length + (python?.packages.length ?? 0)} packages. Beside the packages:`,
  );
  console.log(`  ${own.toSorted().join("\n  ")}`);
  const unwanted = [
    ...names.filter((name) => !name.startsWith("python/") && /\.(?:test|spec|d)\.[cm]?tsx?$/.test(name)),
    ...packages
      .map(({ at }) => at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length))
      .filter((name) => /^(?:vitest|typescript|oxlint|oxfmt|aws-cdk|@types\/)/.test(name)),
  ];
  console.log(
    unwanted.length === 0 ? "No tests, no packages of development.\n" : `NOT wanted: ${unwanted.join(", ")}\n`,
  );
  if (unwanted.length > 0) process.exitCode = 1;
}

function sizes({ sizes: { api, worker, sweeper } }: Artefact): Row[] {
  return [
    { what: "api, our code", value: api / KB, unit: "KB", atMost: 1_400 },
    { what: "worker, our code", value: worker / KB, unit: "KB", atMost: 1_500 },
    { what: "sweeper, our code", value: sweeper / KB, unit: "KB" },
  ];
}

/** @param parts of a project with graphs of Python */
function times({ empty, api, ok, state, schemas, worker }: ColdStarts, parts: ColdParts | undefined): Row[] {
  const share = (memory: number): string => `${memory} MB, ${shareOf(memory).toFixed(2)} CPU`;
  return [
    { what: "an empty function: Node and the runtime client", value: empty.initialised, unit: "ms" },
    { what: "api, INIT with one CPU", value: api.initialised, unit: "ms" },
    { what: "  of that ours", value: api.initialised - empty.initialised, unit: "ms", atMost: 150 },
    { what: `  then its first answer (${share(MEMORY.api)})`, value: api.answered, unit: "ms" },
    { what: `  /ok (${share(MEMORY.api)})`, value: ok.answered, unit: "ms" },
    { what: "  a thread's state, beyond /ok", value: state.answered - ok.answered, unit: "ms", atMost: 120 },
    { what: "  a graph's schemas, beyond /ok", value: schemas.answered - ok.answered, unit: "ms" },
    { what: "worker, INIT with one CPU", value: worker.initialised, unit: "ms" },
    { what: "  of that ours", value: worker.initialised - empty.initialised, unit: "ms" },
    ...(parts ? ofChild(parts) : []),
    { what: `  then its first run (${share(MEMORY.worker)})`, value: worker.answered, unit: "ms" },
  ];
}

/** Beside the rest of INIT, which waits for it. */
function ofChild({ zip, unpacked, interpreter, langgraph, graph }: ColdParts): Row[] {
  return [
    { what: "  the ZIP", value: zip / KB, unit: "KB" },
    { what: "  to unpack it", value: unpacked, unit: "ms" },
    { what: "  its child: the interpreter, until it answers", value: interpreter, unit: "ms" },
    { what: "  its child: LangGraph's import", value: langgraph, unit: "ms" },
    { what: "  its child: the graph's import", value: graph, unit: "ms" },
  ];
}

async function measure(artefact: Artefact): Promise<ColdStarts> {
  const [table, queue] = await Promise.all([startDynamodb(), startSqs()]);
  const reaper = startReaper();
  try {
    const { env, settings } = await prepareAws({
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
      THREADLINE_PROJECT_DIR: join(artefact.folder, "project"),
    });
    return await coldStarts({ env, settings, folder: artefact.folder, reaper, rounds });
  } finally {
    await reaper.stop();
    await Promise.all([table.stop(), queue.stop()]);
  }
}
