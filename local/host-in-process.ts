/**
 * Hosts the three functions in this process. They are called as Lambda calls them: the API by HTTP, the worker by the queue, the sweeper by
 * time.
 */
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { create as createApi } from "../functions/api.ts";
import type { Env } from "../functions/aws/env.ts";
import { createQueueClient } from "../functions/aws/table/clients.ts";
import type { Logger } from "../functions/core/ports.ts";
import type { GraphTrier } from "../functions/core/run/execute/engine-port.ts";
import { WORKER_TIMEOUT_S } from "../functions/core/run/execute/timings.ts";
import { createPorts, type Host } from "../functions/host/backend.ts";
import { systemClock as clock } from "../functions/host/clock-and-ids.ts";
import { mounted } from "../functions/http/server/mount-prefix.ts";
import { newOwnKey, offerOwnServer, withOwnKey } from "../functions/host/own-server.ts";
import type { App } from "../functions/http/edge/request-context.ts";
import { create as createSweeper } from "../functions/sweeper.ts";
import { create as createWorker } from "../functions/worker.ts";
import { startEventSource } from "./event-source.ts";
import type { Invoke, LocalQueue } from "./local-queue.ts";
import { resendActiveRuns } from "./resend.ts";
import { startSweepTimer } from "./sweep-timer.ts";
import { STOP_GRACE } from "./timings.ts";

export interface RunningFunctions {
  app: App;
  engine: GraphTrier;
  /** Serves another build of the project from the next run on. */
  replaceProject: (projectDir: string) => Promise<void>;
  /** Asks running graphs to hand over and waits a moment for them. The leases of what still runs are ended: the next start takes it up. */
  stop(): Promise<void>;
}

export interface Process {
  env: Env;
  host: Pick<Host, "logger" | "wake" | "wire" | "slotsTogether">;
  /** Instead of the SQS queue that `env` names. */
  queue?: LocalQueue;
  /** Where the app will answer, for the graphs that call their own server. */
  port: number;
}

export async function startFunctions({ env, host, queue, port }: Process): Promise<RunningFunctions> {
  const stopping = new AbortController();
  const ownKey = newOwnKey();
  let replaceProject: ((projectDir: string) => Promise<void>) | undefined;
  const onReplaceable: Host["onReplaceable"] = (serve) => (replaceProject = serve);
  const running = new Set<Promise<unknown>>();
  const track = <P extends Promise<unknown>>(work: P): P => {
    running.add(work);
    const ended = (): void => void running.delete(work);
    work.then(ended, ended);
    return work;
  };
  const whole: Host = {
    ...host,
    ...(queue && { queue }),
    stopping: stopping.signal,
    waitUntil: (work) => void track(work),
    ownKey,
    studio: true,
    // Bundled when somebody opens it: a start must not wait for it.
    pageFiles: async () => (await import("../packaging/bundle-page.ts")).bundlePage(),
    onReplaceable,
  };
  const [app, worker, sweep] = await Promise.all([
    createApi(env, whole),
    createWorker(env, whole),
    createSweeper(env, whole),
  ]);

  const ports = await createPorts(env, whole);
  const prefixOf = (): string | undefined => ports.engine.http().mount_prefix;
  const withdraw = offerOwnServer({ app, port, auth: withOwnKey(env.auth, ownKey), key: ownKey, prefix: prefixOf() });
  const invoke = (event: SQSEvent): Promise<SQSBatchResponse> => {
    const deadline = clock.monotonic() + WORKER_TIMEOUT_S * 1_000;
    return track(worker(event, { getRemainingTimeInMillis: () => deadline - clock.monotonic() }));
  };
  const source = queue ? queue.serve(invoke) : receiveFrom(env, invoke, host.logger);
  const ticks = startSweepTimer(sweep, host.logger);
  const resent = resendActiveRuns(ports, stopping.signal);

  return {
    app: mounted(app, prefixOf),
    engine: ports.engine,
    replaceProject: async (projectDir) => replaceProject?.(projectDir),
    async stop() {
      stopping.abort();
      await Promise.all([source.stop(), ticks.stop(), resent, settled([...running], STOP_GRACE)]);
      ports.engine.close();
      withdraw();
    },
  };
}

function receiveFrom(env: Env, invoke: Invoke, logger: Logger): { stop(): Promise<void> } {
  const sqs = createQueueClient(env);
  const source = startEventSource({ sqs, queueUrl: env.queueUrl, invoke, logger });
  return { stop: () => source.stop().finally(() => sqs.destroy()) };
}

async function settled(promises: Promise<unknown>[], ms: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([Promise.allSettled(promises), late.promise]);
  clearTimeout(timer);
}
