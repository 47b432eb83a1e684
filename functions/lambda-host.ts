/**
 * What a Lambda function hands to its entry: structured log lines. Powertools is imported when a function is built, so that the local
 * system does not pay for it.
 */
import type { Host } from "./backend.ts";

export async function lambdaHost(): Promise<Host> {
  const { Logger } = await import("@aws-lambda-powertools/logger");
  const logger = new Logger({ serviceName: "threadline" });
  return {
    logger: {
      info: (message, fields) => logger.info(message, fields),
      warn: (message, fields) => logger.warn(message, fields),
      error: (message, fields) => logger.error(message, fields),
    },
  };
}

/** Builds at the first call, so that an import has no effect; after a failed build the next call tries again. */
export function once<T>(build: () => Promise<T>): () => Promise<T> {
  let built: Promise<T> | undefined;
  return () => {
    built ??= build().catch((error: unknown) => {
      built = undefined;
      throw error;
    });
    return built;
  };
}
