/**
 * What a Lambda function gives to its entry: structured log lines, and metrics if the server has a name. Both are imported when a function
 * is built, so that the local system does not pay for them.
 */
import type { Env } from "../aws/env.ts";
import { whereThrown } from "../core/failure/where-thrown.ts";
import type { Logger } from "../core/ports.ts";
import type { Host } from "./backend.ts";
import type { EmfMetrics } from "./emf-metrics.ts";

export interface LambdaHost extends Host {
  metrics?: EmfMetrics;
}

/** @param options.units whether write units are counted per invocation: where one invocation is one run */
export async function lambdaHost({ metricsServer, logLevel }: Env, { units = false } = {}): Promise<LambdaHost> {
  const { Logger } = await import("@aws-lambda-powertools/logger");
  // Given here; otherwise the library reads LOG_LEVEL, which may be the project's.
  const logger = new Logger({ serviceName: "threadline", logLevel });
  // A project's own lines are its own to filter, as what JavaScript writes to its console.
  const project = new Logger({ serviceName: "project", logLevel: "DEBUG" });
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const metrics =
    metricsServer === undefined
      ? {}
      : { metrics: (await import("./emf-metrics.ts")).createEmfMetrics(metricsServer, { print }) };
  return {
    ...metrics,
    countUnits: units,
    output: ({ level, text, logger: name, run }) =>
      project[level](text, { ...(name !== undefined && { logger: name }), ...run }),
    logger: {
      info: (message, fields) => logger.info(message, fields),
      warn: (message, fields) => logger.warn(message, fields),
      error: (message, fields) => logger.error(message, fields),
    },
  };
}

/** The handler, which prints its metrics when it is done, however it ends: afterwards the process is frozen. */
export function measured<A extends unknown[], R>(
  handler: (...args: A) => Promise<R>,
  { metrics }: LambdaHost,
): (...args: A) => Promise<R> {
  if (!metrics) return handler;
  return (...args) => handler(...args).finally(() => metrics.flush());
}

/** An unhandled rejection of one graph must not end the process in which another one runs; `npm start` does the same. */
export function surviveRejections(logger: Logger): void {
  process.on("unhandledRejection", (reason) =>
    logger.error("a rejection that nobody handled", { ...whereThrown(reason) }),
  );
}
