/**
 * From the environment to the ports: the only file that chooses adapters. One environment gives one set of ports, so the entries of the
 * local system share clients, engine and graphs.
 */
import { createAssistants } from "../aws/assistant/assistants.ts";
import { createCheckpointStore } from "../aws/checkpoint/checkpoint-store.ts";
import { createStateUpdates } from "../aws/checkpoint/state-updates.ts";
import type { Env } from "../aws/env.ts";
import { createCrons } from "../aws/cron/crons.ts";
import { createThreadLog } from "../aws/log/thread-log.ts";
import { createRunPermits } from "../aws/concurrency/run-permits.ts";
import { createInputs } from "../aws/run/inputs.ts";
import { createRunQueue } from "../aws/run/run-queue.ts";
import { createRuns } from "../aws/run/runs.ts";
import { createItemStore } from "../aws/store/item-store.ts";
import { createQueueClient, createTableClient, type TableWire } from "../aws/table/clients.ts";
import { countWriteUnits } from "../aws/table/count-write-units.ts";
import { createThreads } from "../aws/thread/threads.ts";
import { createWebhooks } from "../aws/webhook/webhooks.ts";
import type { Wake } from "../core/log/log-port.ts";
import { recordMetrics } from "../core/metrics/record-metrics.ts";
import { tallied } from "../core/metrics/tally.ts";
import type { Logger, Metrics, Ports } from "../core/ports.ts";
import { createRunLimit } from "../core/run/create/run-limit.ts";
import type { RunQueue } from "../core/run/run-ports.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { ProjectOutput } from "../engine/python/process/output.ts";
import { serveFrom } from "../engine/javascript/project/projects-in-use.ts";
import { replaceableEngine } from "../engine/replaceable-engine.ts";
import type { PageFiles } from "../http/watch/watch-routes.ts";
import { createWebhookSender } from "../outbound/webhook-sender.ts";
import { systemClock as clock, systemIds as ids } from "./clock-and-ids.ts";
import { createPacemaker } from "./pacemaker.ts";
import "./relations.ts";
import { webhookSecret } from "./webhook-secret.ts";

/** What the process that runs an entry offers beside the environment. */
export interface Host {
  logger: Logger;
  /** Takes what a project's code of Python says; absent = the terminal. */
  output?: ProjectOutput;
  /** Records metrics; absent = none are recorded. */
  metrics?: Metrics;
  /** Also counts the write units of an invocation. */
  countUnits?: boolean;
  /** Where appender and reader share the process. */
  wake?: Wake;
  /** The HTTP handler of the table's client, where the host has one of its own. */
  wire?: TableWire;
  /** A transaction costs no more than a put: slots of many runs are put together. */
  slotsTogether?: boolean;
  /** The run queue, where it is no SQS queue. */
  queue?: RunQueue;
  /** Aborted when the process is about to stop: runs are handed over. */
  stopping?: AbortSignal;
  /** Keeps work alive that its invocation does not wait for. Absent where a process is frozen between invocations. */
  waitUntil?: (work: Promise<void>) => void;
  /** A key with which the graphs of this process call the API. */
  ownKey?: string;
  /** Only this machine reaches the server: Studio's header is believed, if the project does not forbid it. */
  studio?: boolean;
  /** The files of the page `/watch`; default: those beside the bundle. */
  pageFiles?: () => Promise<PageFiles>;
  /** Called with a function that serves another build of the project from the next run on. */
  onReplaceable?: (serve: (projectDir: string) => Promise<void>) => void;
}

const built = new WeakMap<Env, Promise<Ports>>();

/** Rejects if the project folder has no manifest; graphs are not loaded. */
export function createPorts(env: Env, host: Host): Promise<Ports> {
  const ports = built.get(env) ?? build(env, host);
  built.set(env, ports);
  return ports;
}

async function build(
  env: Env,
  { logger, output, wake, wire, slotsTogether, queue, stopping, onReplaceable, metrics, countUnits }: Host,
): Promise<Ports> {
  const { table, retentionMs, vectorIndex } = env;
  const client = createTableClient(env, wire);
  if (metrics && countUnits) countWriteUnits(client, (units) => metrics.count("WriteUnits", units));
  const options = { client, table, clock, retentionMs, ...(wake && { wake }), ...(slotsTogether && { slotsTogether }) };
  const checkpoints = createCheckpointStore(options);
  const { errorDetail } = env;
  const python = env.python === undefined ? {} : { python: env.python };
  const said = output ? { output } : {};
  const items = createItemStore({ ...options, vectorIndex });
  const secrets = Object.keys(env.projectSecrets).length > 0 ? { secrets: () => readSecrets(env) } : {};
  const open = (project: string) =>
    createEngine({ project, checkpoints, items, logger, ...said, clock, errorDetail, ...python, ...secrets });
  const { engine, replace } = replaceableEngine(await open(env.projectDir));
  serveFrom(env.projectDir);
  onReplaceable?.(async (projectDir) => {
    replace(await open(projectDir));
    serveFrom(projectDir);
  });
  const secret = webhookSecret(env, { clock, logger });
  const runs = createRuns(options);
  const permits = createRunPermits(options);
  const ports: Ports = {
    clock,
    ids,
    logger,
    log: createThreadLog(options),
    threads: createThreads(options),
    runs,
    ...(env.runsPerKey !== undefined && { runLimit: createRunLimit({ permits, runs, clock }, env.runsPerKey) }),
    inputs: createInputs(options),
    webhooks: createWebhooks(options),
    sender: createWebhookSender({ hosts: env.webhookHosts, clock, ...(secret && { secret }) }),
    queue: queue ?? createRunQueue({ client: createQueueClient(env), queueUrl: env.queueUrl }),
    checkpoints,
    assistants: createAssistants(options),
    updates: createStateUpdates(options),
    crons: createCrons(options),
    engine,
    pacemaker: createPacemaker({ env, logger, stopping }),
  };
  const { tally, metrics: counted } = tallied(clock, metrics);
  return { ...recordMetrics(ports, counted), tally };
}

/** Their clients are loaded where there is something to read. */
const readSecrets = async (env: Env): Promise<Record<string, string>> =>
  (await import("../aws/secrets/project-secrets.ts")).readProjectSecrets(env);
