/** The whole system on this machine: emulators, compiled project, functions, HTTP. */
import { dirname, join } from "node:path";
import type { Env } from "../functions/aws/env.ts";
import type { Logger } from "../functions/core/ports.ts";
import type { GraphTrier } from "../functions/core/run/execute/engine-port.ts";
import type { Certificate } from "../functions/http/edge/http2.ts";
import type { NodeServer } from "../functions/http/edge/listen.ts";
import { DefaultConfigError } from "../functions/protocol/default-configs.ts";
import type { Json } from "../functions/protocol/json.ts";
import type { Manifest } from "../functions/protocol/manifest.ts";
import { type Emulator, startDynamodb } from "./dynamodb.ts";
import { type Front, type Functions, type Hosting, hostInProcess, hostIsolated, type Isolation } from "./hosting.ts";
import { lockData } from "./lock-data.ts";
import { CommandError } from "../command-line/command-error.ts";
import { type Build, compileOnce, compileOnSave, type ProjectSource } from "./project-source.ts";
import { findPython, type Interpreter } from "../packaging/python/find-python.ts";
import { SETTINGS } from "./settings.ts";
import { FLUSH_LOCAL, SAMPLE_WITHIN } from "./timings.ts";
import { createVisitors, type Visitors } from "./visited-pages.ts";

export interface ServerOptions {
  /** Absolute path of langgraph.json. */
  config: string;
  /** 0 = any free port. */
  port: number;
  /** Absolute path of the folder for threads and runs; undefined = `.threadline/data` beside the config. */
  data?: string;
  /** Settings and endpoints, named as in `aws/env.ts`. Other variables are ignored. */
  env: Record<string, string | undefined>;
  logger: Logger;
  /** Called after each save of the source, which the next run uses. Not with `isolated`. */
  onSaved?: (saved: Saved) => void;
  /** Called if the built-in table has ended. Nothing can be served then; what was stored is not lost. */
  onLost?: (what: string) => void;
  /** Origins whose pages may call, beside those of this machine and of `http.cors`; `*` = all. */
  allowOrigins?: readonly string[];
  /** Host names of the server beside those of this machine. */
  allowHosts?: readonly string[];
  /** Called when a host name or an origin is refused, with the option that allows it. */
  onRefused?: (text: string) => void;
  /** The interpreter of the project, of `--python`; default: the first that has its packages. */
  python?: string;
  /** Called if there is no interpreter that could run the project's graphs, with what to do. */
  onNoPython?: (why: string) => void;
  /** For HTTP/2 over TLS, not with `isolated`; undefined = plain HTTP/1.1. */
  certificate?: Certificate;
  /** Each invocation in a process of its own; undefined = all in this one. */
  isolated?: Omit<Isolation, "surroundings" | "ownTable">;
}

/** The result of a save: the project as it is served now, or the reason why the old one is still served. */
export type Saved = { project: Manifest; graphs(): AsyncGenerator<LoadedGraph> } | { error: string };

export interface LoadedGraph {
  graph_id: string;
  /** As the project's config names it. */
  source: string;
  /** Why it is not served; names the file and the cause. */
  error?: string;
}

export interface LocalServer {
  port: number;
  url: string;
  env: Env;
  project: Manifest;
  /** What runs its graphs of Python; undefined if it has none, or there is nothing that could. */
  python: Interpreter | undefined;
  /** Every page that is open in a browser may call. */
  openToPages: boolean;
  /** Loads every graph, one after the other. One that does not load is tried again when a run needs it. */
  graphs(): AsyncGenerator<LoadedGraph>;
  /** A sample input, made of the graph's channels; undefined if they are not known. */
  sampleInput(graph_id: string): Promise<Json | undefined>;
  stop(): Promise<void>;
}

/** `localhost` means both, and some clients try only the first one. */
const LOOPBACKS = { hostname: "127.0.0.1", also: ["::1"] };
const CONNECTION = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

const OWN_KEYS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
/** The built-in emulators check no signatures, so none are made. Functions in processes of their own make them, as on AWS. */
const OWN_KEYS_UNUSED = { ...OWN_KEYS, THREADLINE_AWS_SIGNATURES: "placeholder" };

/**
 * Listens from the first moment: requests that come before everything is there wait for it.
 * @throws CommandError for what the user can fix
 */
export async function startServer(options: ServerOptions): Promise<LocalServer> {
  await using started = new AsyncDisposableStack();
  const own = join(dirname(options.config), ".threadline");
  const data = options.data ?? join(own, "data");
  started.defer(lockData(data));
  const build = options.data === undefined ? join(own, "build") : join(data, "build");
  const hosting = hostingOf(options, join(dirname(build), "functions"));
  const named = options.env["THREADLINE_CORS_ALLOW_ORIGINS"] || "loopback,project";
  const origins = [...named.split(","), ...(options.allowOrigins ?? [])];
  const visitors = createVisitors({
    origins,
    hosts: options.allowHosts ?? [],
    print: options.onRefused ?? (() => undefined),
  });
  const { certificate } = options;
  const { refuse } = visitors;
  const front = await listen(hosting, { port: options.port, ...LOOPBACKS, refuse, certificate });
  started.defer(() => front.close());
  // Graphs call their own server without TLS: they do not know its certificate.
  const inner = certificate ? await listen(hosting, { port: 0, hostname: "127.0.0.1", refuse }) : front;
  if (certificate) started.defer(() => inner.close());
  const source = options.onSaved ? compileOnSave(options.config) : compileOnce(options.config, build);
  source.first.catch(() => undefined);
  visitors.follow(source.first.then(({ manifest }) => manifest.http));
  started.defer(() => source.close());

  try {
    // The emulator is started first, because it starts while this process is busy with imports.
    const [endpoints, { manifest: project, out }, { prepareAws }, startFunctions] = await Promise.all([
      startEmulators(options, data, started),
      source.first,
      import("./prepare-aws.ts"),
      hosting.prepare(),
    ]);
    const flush =
      bringsTable(options.env) && !options.isolated ? { THREADLINE_STREAM_FLUSH_MS: String(FLUSH_LOCAL) } : {};
    const python = await pythonFor(project, options);
    const settings = {
      ...flush,
      ...pick(options.env, SETTINGS),
      THREADLINE_PYTHON: python?.path,
      THREADLINE_CORS_ALLOW_ORIGINS: origins.join(","),
    };
    const aws = await prepareAws({ ...settings, ...endpoints, THREADLINE_PROJECT_DIR: out }, project.store);
    const functions = await startFunctions({ ...aws, port: inner.port }).catch(asCommandError);
    started.defer(() => functions.stop());
    if (options.onSaved) follow(source, { functions, visitors }, options.onSaved);
    const all = started.move();
    const stop = async (): Promise<void> => {
      await front.close();
      await all.disposeAsync();
    };
    const graphs = () => loadGraphs(functions.engine, project);
    const sampleInput = (graph_id: string) => within(SAMPLE_WITHIN, functions.engine.sampleInput(graph_id));
    const openToPages = await visitors.openToAll();
    return { port: front.port, url: front.url, env: aws.env, project, python, openToPages, graphs, sampleInput, stop };
  } catch (error) {
    hosting.failed(error);
    throw error;
  }
}

/** @throws CommandError if no graph could be served */
async function pythonFor(
  { graphs, auth, app, source_dir = "." }: Manifest,
  { python, env, onNoPython }: ServerOptions,
): Promise<Interpreter | undefined> {
  const all = Object.values(graphs);
  const isPython = ({ language, error }: (typeof all)[number]): boolean => language === "python" && error === undefined;
  const isAsked = [auth, app].some((named) => named?.language === "python");
  if (!isAsked && !all.some(isPython)) return undefined;
  const found = await findPython({ dir: source_dir, env, asked: python ?? env["THREADLINE_PYTHON"] });
  if (!("missing" in found)) return found;
  if (isAsked || all.every(isPython)) throw new CommandError(found.missing);
  onNoPython?.(found.missing);
  return undefined;
}

/** An error in the project's variables is the user's to correct. */
function asCommandError(error: unknown): never {
  throw error instanceof DefaultConfigError ? new CommandError(error.message, 2) : error;
}

function follow(
  source: ProjectSource,
  { functions, visitors }: { functions: Functions; visitors: Visitors },
  onSaved: (saved: Saved) => void,
): void {
  const serve = async ({ manifest, out }: Build): Promise<void> => {
    const needsBridge = Object.values(manifest.graphs).some(({ language }) => language === undefined);
    // While packages are being installed, the new build could read nothing that is stored.
    if (needsBridge && !manifest.bridges.esm && !manifest.bridges.cjs)
      return onSaved({ error: "@langchain/langgraph is not to be found now" });
    await functions.replaceProject?.(out);
    visitors.follow(Promise.resolve(manifest.http));
    onSaved({ project: manifest, graphs: () => loadGraphs(functions.engine, manifest) });
  };
  source.follow(serve, (error) => onSaved({ error: error instanceof Error ? error.message : String(error) }));
}

function hostingOf({ logger, isolated, env }: ServerOptions, folder: string): Hosting {
  const table = bringsTable(env) ? "own" : "foreign";
  if (isolated) return hostIsolated(logger, { ...isolated, surroundings: env, ownTable: table === "own" }, folder);
  return hostInProcess({ logger, table, queue: env["AWS_ENDPOINT_URL_SQS"] ? "sqs" : "own" });
}

/** Whether the built-in emulator is used, where writes cost nothing. */
const bringsTable = (env: ServerOptions["env"]): boolean => !env["AWS_ENDPOINT_URL_DYNAMODB"];

async function listen(hosting: Hosting, front: Front): Promise<NodeServer> {
  const { port } = front;
  try {
    return await hosting.listen(front);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE")
      throw new CommandError(
        `Port ${port} is taken. Start with another one (npm start -- --port N), or 0 for any free one.`,
      );
    if (code === "EACCES")
      throw new CommandError(
        `Port ${port} may not be used by this user. Start with another one (npm start -- --port N).`,
      );
    throw error;
  }
}

/**
 * Built-in emulators for what has no endpoint; the user's own keys go only to the user's own endpoints. A single process needs no queue
 * between its functions.
 */
async function startEmulators(options: ServerOptions, data: string, started: AsyncDisposableStack) {
  const { env, isolated, onLost } = options;
  const dynamodb = env["AWS_ENDPOINT_URL_DYNAMODB"];
  const sqs = env["AWS_ENDPOINT_URL_SQS"];
  const keys = dynamodb || sqs ? pick(env, CONNECTION) : isolated ? OWN_KEYS : OWN_KEYS_UNUSED;
  const keep = (emulator: Emulator): string => {
    started.defer(() => emulator.stop());
    return emulator.endpoint;
  };
  const [tableEndpoint, queueEndpoint] = await Promise.all([
    dynamodb || startDynamodb(join(data, "threadline.sqlite"), onLost).then(keep),
    sqs || !isolated ? sqs : import("./sqs.ts").then(({ startSqs }) => startSqs()).then(keep),
  ]);
  return { ...keys, AWS_ENDPOINT_URL_DYNAMODB: tableEndpoint, AWS_ENDPOINT_URL_SQS: queueEndpoint };
}

/** Undefined if it fails or takes longer: a factory may wait for something that is not running. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  return Promise.race([work.catch(() => undefined), late.promise]).finally(() => clearTimeout(timer));
}

async function* loadGraphs(engine: GraphTrier, project: Manifest): AsyncGenerator<LoadedGraph> {
  for (const [graph_id, { source }] of Object.entries(project.graphs)) {
    const error = await engine.load(graph_id).then(
      () => undefined,
      (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
    );
    yield { graph_id, source, ...(error === undefined ? {} : { error }) };
  }
}

const pick = (env: Record<string, string | undefined>, names: string[]): Record<string, string | undefined> =>
  Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
