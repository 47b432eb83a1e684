/**
 * Builds an artefact, loads its graphs and prints what the construct needs to know, as JSON. It is a process because a construct cannot
 * await. Its argument is a `BuildOrder` as JSON. Exit code 1: it cannot be built, or none of its graphs loads.
 */
import { type Artefact, buildArtefact } from "../packaging/build-artefact.ts";
import type { Cpu } from "../packaging/natives/target.ts";
import { recordShapes } from "../packaging/preflight/record-shapes.ts";
import { trialEnv, type TriedGraph, tryGraphs, whyUntried } from "../packaging/preflight/try-graphs.ts";
import { ConfigError, readConfig } from "../packaging/config/read-config.ts";

export interface BuildOrder {
  config: string;
  cpu: Cpu;
  image: boolean;
  /** Whether graphs are loaded, if this machine can. */
  load: boolean;
  /** Variables of the deployment for graphs; they override the config's. */
  environment: Readonly<Record<string, string>>;
}

class NoGraphLoads extends Error {
  constructor(reasons: string) {
    super(`no graph of it loads (-c load=false deploys all the same).\n${reasons}`.trimEnd());
  }
}

async function build({ config, cpu, image, load, environment }: BuildOrder): Promise<string> {
  const artefact = await buildArtefact({ config, cpu, image });
  const { folder, warnings } = artefact;
  const isTried = load && whyUntried(artefact) === undefined;
  const env = { ...trialEnv(artefact.env, readConfig(config)), ...environment };
  const tried = isTried ? await tryGraphs(artefact, env) : artefact.graphs.map(untried(artefact));
  if (isTried) recordShapes(artefact, tried);
  if (load && tried.every(({ error }) => error !== undefined)) throw new NoGraphLoads(reasonsOf(tried).join("\n"));
  // The build itself warns of broken graphs.
  const unknown = tried.filter(({ graph_id }) => !Object.hasOwn(artefact.broken, graph_id));
  const { graph_id, input } = tried.find(({ error }) => error === undefined) ?? {};
  const sample = input === undefined ? {} : { sample: { assistant_id: graph_id, input } };
  return JSON.stringify({ folder, warnings: [...warnings, ...reasonsOf(unknown)], ...sample });
}

type Trial = Pick<TriedGraph, "graph_id" | "error" | "input">;

const untried =
  ({ broken }: Artefact) =>
  (graph_id: string): Trial => {
    const error = broken[graph_id];
    return error === undefined ? { graph_id } : { graph_id, error };
  };

const reasonsOf = (tried: readonly Trial[]): string[] =>
  tried.flatMap(({ graph_id, error = "" }) =>
    error === "" ? [] : [error.startsWith("Graph ") ? error : `Graph "${graph_id}" does not load: ${error}`],
  );

try {
  process.stdout.write(await build(JSON.parse(process.argv[2] ?? "") as BuildOrder));
} catch (error) {
  const known = error instanceof ConfigError || error instanceof NoGraphLoads;
  process.stderr.write(known ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
