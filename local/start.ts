/**
 * `npm start`: the whole system on this machine, with emulators of AWS. V8 collects its heap earlier than by default, to leave memory to
 * other programs. Exit codes: 2 = wrong arguments or files, 1 = it could not start.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { systemClock } from "../functions/host/clock-and-ids.ts";
import type { Json } from "../functions/protocol/json.ts";
import { parseFlags, USAGE } from "./flags.ts";
import { ownCertificate } from "./certificate.ts";
import { outliveProject } from "./outlive-project.ts";
import { printFailure } from "../command-line/command-error.ts";
import type { Manifest } from "../functions/protocol/manifest.ts";
import type { LoadedGraph, Saved } from "./server.ts";
import { checkNames } from "./settings.ts";
import { SAME_KEY } from "./timings.ts";

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const exit = outliveProject((text) => process.stderr.write(`  a graph left ${text}\n`));

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2), process.cwd(), process.env);
  if (flags === "help") return print(USAGE);
  const renamed = checkNames(process.env);
  // Halves the time of the second and later starts. Modules that were imported before are not cached.
  enableCompileCache();
  const [{ startServer }, { createConsoleLogger }] = await Promise.all([
    import("./server.ts"),
    import("./console-logger.ts"),
  ]);
  const logger = createConsoleLogger(process.env["THREADLINE_LOG_LEVEL"]);
  const { isolated: options, watch, https, ...rest } = flags;
  const certificate = https ? await ownCertificate(flags.data) : undefined;
  const isolated = options && { isolated: { options, print: (text: string) => void process.stderr.write(text) } };
  const broken = new Set<string>();
  const watched = watch ? { onSaved: (saved: Saved) => void printSaved(saved, broken) } : {};
  const onLost = (what: string): void => {
    process.stderr.write(`${what}\nStart again: what was kept is still there, and runs go on.\n`);
    exit(1);
  };
  const onRefused = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const notes: string[] = [];
  const told = { logger, onLost, onRefused, onNoPython: (why: string) => void notes.push(why) };
  const starting = startServer({
    ...rest,
    ...isolated,
    ...watched,
    ...told,
    ...(certificate && { certificate }),
    env: process.env,
  });
  stopOnSignal(starting);
  const server = await starting;
  const url = `${https ? "https" : "http"}://localhost:${server.port}${server.project.http.mount_prefix ?? ""}`;
  const { python } = server;
  const by = python ? `\n  python      ${python.path} (${python.python}, langgraph ${python.langgraph})` : "";
  print(`\n  Threadline  ${url}\n  serves      ${flags.config}${by}\n`);
  for (const note of [...server.project.warnings, ...notes]) print(`  note: ${note}`);
  if (renamed !== undefined) print(`  note: ${renamed}`);
  if (certificate)
    print(
      `  note: browsers ask once whether they may trust its certificate; programs trust it by NODE_EXTRA_CA_CERTS or SSL_CERT_FILE=${certificate.path}`,
    );
  if (server.openToPages) print("  note: every page that is open in a browser of this machine may call this server");
  let served: string | undefined;
  const line = tableOf(server.project);
  for await (const graph of server.graphs()) {
    print(line(graph));
    if (graph.error === undefined) served ??= graph.graph_id;
    else broken.add(graph.graph_id);
  }
  if (served === undefined)
    return print(`\n  no graph loads: ${watch ? "save what mends it" : "mend it, and start again"}\n`);
  const input = flags.config === EXAMPLE ? { topic: "ice cream" } : await server.sampleInput(served);
  const trusting = certificate ? ` --cacert ${certificate.path}` : "";
  print(`\n  ${tryLine(`${trusting} ${url}`.trimStart(), served, input)}\n`);
  if (process.env["THREADLINE_WATCH"] !== "off") print(`  to watch it: ${url}/watch\n`);
}

/**
 * A line for each graph, in columns as wide as the longest name. An error is shown without the names that the line begins with.
 * @param well text for a graph that loads
 */
function tableOf({ graphs }: Manifest, well = ""): (graph: LoadedGraph) => string {
  const widest = (texts: string[]): number => Math.max(0, ...texts.map(({ length }) => length));
  const ids = widest(Object.keys(graphs));
  const sources = widest(Object.values(graphs).map(({ source }) => source));
  return ({ graph_id, source, error }) => {
    const [, reason = error] = error?.split(/ does not load: (.*)/s) ?? [];
    const verdict = error === undefined ? well : `does not load: ${reason}`;
    return `  ${graph_id.padEnd(ids)}  ${source.padEnd(sources)}  ${verdict}`.trimEnd();
  };
}

/** Prints graphs that do not load, and those that load again. @param broken names of graphs that did not load; updated */
async function printSaved(saved: Saved, broken: Set<string>): Promise<void> {
  if ("error" in saved) return print(`  saved, but served as it was: ${saved.error}`);
  print(`  saved at ${new Date(systemClock.now()).toLocaleTimeString("sv")}: served by the next run`);
  for (const warning of saved.project.warnings) print(`  note: ${warning}`);
  const line = tableOf(saved.project, "loads now");
  for await (const graph of saved.graphs()) {
    const wasBroken = broken.delete(graph.graph_id);
    if (graph.error !== undefined) broken.add(graph.graph_id);
    if (wasBroken || graph.error !== undefined) print(line(graph));
  }
}

const EXAMPLE = fileURLToPath(new URL("../langgraph.json", import.meta.url));

function tryLine(url: string, graph: string, input: Json | undefined): string {
  const body = JSON.stringify({ assistant_id: graph, input, stream_mode: "updates" });
  return `curl -N ${url}/runs/stream -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`;
}

/** Ctrl-C stops the server, also while it starts. A second one ends the process at once. */
function stopOnSignal(starting: Promise<{ stop(): Promise<void> }>): void {
  let askedAt: number | undefined;
  const stop = async (): Promise<void> => {
    if (askedAt !== undefined && systemClock.monotonic() - askedAt > SAME_KEY) exit(1);
    if (askedAt !== undefined) return;
    askedAt = systemClock.monotonic();
    await starting.then((server) => server.stop()).catch(() => undefined);
    exit(0);
  };
  process.on("SIGINT", () => void stop()).on("SIGTERM", () => void stop());
}

try {
  await main();
} catch (error) {
  exit(printFailure(error));
}
