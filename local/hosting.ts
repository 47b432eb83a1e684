/** Chooses where the functions run: in this process, or each invocation in a process of its own. */
import type { Env } from "../functions/aws/env.ts";
import type { Logger } from "../functions/core/ports.ts";
import type { GraphTrier } from "../functions/core/run/execute/engine-port.ts";
import type { App } from "../functions/http/edge/request-context.ts";
import type { Certificate } from "../functions/http/edge/http2.ts";
import type { Address, NodeServer } from "../functions/http/edge/listen.ts";
import { serveNode } from "../functions/http/edge/node-server.ts";
import { errorResponse } from "../functions/http/server/respond.ts";
import type { IsolatedOptions } from "./isolated/options.ts";
import type { Pool } from "./isolated/pool.ts";
import { createLocalQueue } from "./local-queue.ts";
import { createTableWire } from "./table-wire.ts";
import type { Refuse } from "./visited-pages.ts";
import { createWake } from "./wake.ts";

export interface Front extends Address {
  /** Decides first whether a request is refused. */
  refuse: Refuse;
  /** For HTTP/2 over TLS. */
  certificate?: Certificate | undefined;
}

/** What the functions need when they are started. */
export interface Site {
  env: Env;
  /** The same, as variables. */
  settings: Record<string, string | undefined>;
  /** The port on which the server listens. */
  port: number;
}

export interface Functions {
  engine: GraphTrier;
  /** Serves another build of the project from the next run on. Only if the functions share one process. */
  replaceProject?: (projectDir: string) => Promise<void>;
  stop(): Promise<void>;
}

export interface Hosting {
  /** Listens at once; requests wait until the functions are there, or fail with them. */
  listen(front: Front): Promise<NodeServer>;
  /** Imports what starts the functions, while the emulators start. */
  prepare(): Promise<(site: Site) => Promise<Functions>>;
  failed(error: unknown): void;
}

export interface OneProcess {
  logger: Logger;
  /** `own`: a queue in memory; `sqs`: the queue that the environment names. */
  queue: "own" | "sqs";
  /** `own`: the built-in emulator, over our own connection (table-wire.ts); `foreign`: any other. */
  table: "own" | "foreign";
}

export function hostInProcess({ logger, queue, table }: OneProcess): Hosting {
  const { promise, resolve, reject } = pending<App>();
  return {
    listen: ({ refuse, certificate, ...address }) =>
      serveNode(
        {
          async fetch(request, host) {
            const { headers } = request;
            const why = await refuse({
              host: headers.get("host") ?? undefined,
              origin: headers.get("origin") ?? undefined,
            });
            return why === undefined ? (await promise).fetch(request, host) : errorResponse(403, why);
          },
        },
        address,
        certificate,
      ),
    async prepare() {
      const { startFunctions } = await import("./host-in-process.ts");
      return async ({ env, port }) => {
        const { dynamodbEndpoint } = env.aws;
        const wire = table === "own" && dynamodbEndpoint ? { wire: createTableWire(dynamodbEndpoint) } : {};
        const own = queue === "own" ? { queue: createLocalQueue(logger) } : {};
        const functions = await startFunctions({
          env,
          host: { logger, wake: createWake(), ...wire, slotsTogether: table === "own" },
          port,
          ...own,
        });
        resolve(functions.app);
        return functions;
      };
    },
    failed: reject,
  };
}

export interface Isolation {
  options: IsolatedOptions;
  /** Takes what the functions print. */
  print: (text: string) => void;
  /** Variables of their processes beside the settings. */
  surroundings: Record<string, string | undefined>;
  /** No other host uses the table. */
  ownTable: boolean;
}

/** @param folder for the functions' code */
export function hostIsolated(logger: Logger, isolation: Isolation, folder: string): Hosting {
  const { promise, resolve, reject } = pending<Pool>();
  return {
    async listen(front) {
      const { serveUrl } = await import("./isolated/function-url.ts");
      return serveUrl(promise, { ...front, ...isolation.options });
    },
    async prepare() {
      const { startIsolated } = await import("./isolated/host-isolated.ts");
      return async ({ env, settings }) => {
        const functions = await startIsolated({ ...isolation, env, settings, folder, logger });
        resolve(functions.api);
        return functions;
      };
    },
    failed: reject,
  };
}

function pending<T>(): PromiseWithResolvers<T> {
  const resolvers = Promise.withResolvers<T>();
  // Nobody may have asked yet.
  resolvers.promise.catch(() => undefined);
  return resolvers;
}
