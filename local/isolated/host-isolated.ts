/**
 * Hosts the three functions as they are deployed: the same bundles, each invocation in a process of its own under AWS's runtime client.
 * Settings and the emulators' keys are in the functions' environment, as a role's keys are on Lambda.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SQSBatchResponse } from "aws-lambda";
import { asOwnAws, type Env, PREFIX } from "../../functions/aws/env.ts";
import { createQueueClient } from "../../functions/aws/table/clients.ts";
import type { Logger } from "../../functions/core/ports.ts";
import type { GraphTrier } from "../../functions/core/run/execute/engine-port.ts";
import { createPorts } from "../../functions/host/backend.ts";
import { SWEEPER_TIMEOUT_S } from "../../functions/host/timings.ts";
import type { FunctionName } from "../../packaging/bundle-functions.ts";
import { placePythonChild } from "../../packaging/python/place-child.ts";
import { startEventSource } from "../event-source.ts";
import { resendActiveRuns } from "../resend.ts";
import { startSweepTimer } from "../sweep-timer.ts";
import { endLeases } from "./end-leases.ts";
import type { FunctionConfig } from "./function-config.ts";
import { invokeEvent } from "./invoke-event.ts";
import { loadApart } from "./load-apart.ts";
import { writeBundles } from "./kept-bundles.ts";
import type { IsolatedOptions } from "./options.ts";
import { Pool, TEMPORARY } from "./pool.ts";
import { startReaper } from "./start-reaper.ts";
import { IDLE_ENVIRONMENT } from "./timings.ts";

export interface IsolatedSetup {
  env: Env;
  /** The variables of `env`, for the functions. */
  settings: Record<string, string | undefined>;
  /** Other variables of the processes: the user's keys of model providers, PATH. */
  surroundings: Record<string, string | undefined>;
  /** No other host uses the table. */
  ownTable?: boolean;
  /** Where the bundles are written. */
  folder: string;
  options: IsolatedOptions;
  logger: Logger;
  /** Called with what the functions print, in whole lines. */
  print: (text: string) => void;
}

export interface IsolatedFunctions {
  api: Pool;
  engine: GraphTrier;
  /** Kills all invocations. The next start takes their runs up, at once if the table is its own. */
  stop(): Promise<void>;
}

export async function startIsolated(setup: IsolatedSetup): Promise<IsolatedFunctions> {
  const { env, folder, options, logger } = setup;
  mkdirSync(folder, { recursive: true });
  removeTemporary(folder);
  await writeBundles(folder);
  // An artefact has it already, with byte code.
  if (env.python !== undefined) placePythonChild(folder);
  const reaper = startReaper();
  const pool = (name: FunctionName, timeout: number, concurrency = options.concurrency): Pool =>
    new Pool({ ...configOf(setup, name), timeout, concurrency, reaper });
  const api = pool("api", options.apiTimeout);
  const worker = pool("worker", options.workerTimeout);
  const sweeper = pool("sweeper", SWEEPER_TIMEOUT_S, 1);

  const stopping = new AbortController();
  const sqs = createQueueClient(env);
  const source = startEventSource({
    sqs,
    queueUrl: env.queueUrl,
    invoke: async (event) => (await invokeEvent(worker, event)) as SQSBatchResponse | undefined,
    logger,
    concurrency: options.concurrency,
    relief: Infinity,
  });
  const ticks = startSweepTimer(() => invokeEvent(sweeper, {}), logger);
  const ports = await createPorts(env, { logger });
  const resent = resendActiveRuns(ports, stopping.signal);
  const graphs = loadApart(env, reaper);

  return {
    api,
    engine: graphs,
    async stop() {
      stopping.abort();
      const stopped = Promise.all([source.stop(), ticks.stop(), resent]);
      for (const each of [api, worker, sweeper]) each.stop();
      await stopped;
      if (setup.ownTable) await endLeases(ports);
      await reaper.stop();
      sqs.destroy();
    },
  };
}

/** Removes folders that environments of a killed host have left. */
function removeTemporary(folder: string): void {
  const left = readdirSync(folder).filter((name) => name.startsWith(TEMPORARY));
  for (const name of left) rmSync(join(folder, name), { recursive: true, force: true });
}

function configOf({ folder, settings, surroundings, print }: IsolatedSetup, name: FunctionName) {
  const foreign = Object.entries(surroundings).filter(([variable]) => !variable.startsWith(PREFIX));
  return {
    name: `threadline-${name}`,
    handler: `${name}.handler`,
    taskRoot: folder,
    variables: {
      ...Object.fromEntries(foreign),
      // The in-process host prints no more, either.
      THREADLINE_LOG_LEVEL: "warn",
      // Graphs do not get the emulators' keys and addresses.
      ...asOwnAws(settings),
    },
    keepIdle: IDLE_ENVIRONMENT,
    freeze: true,
    print,
  } satisfies Partial<FunctionConfig>;
}
