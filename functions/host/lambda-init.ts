/**
 * Prepares in Lambda's INIT phase what first calls would wait for: INIT has a whole CPU, a call only its function's share. Must not make
 * INIT fail: the first call tries again.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ports } from "../core/ports.ts";
import { INIT_WAIT } from "./timings.ts";

/** Exists while a project's code is imported in INIT. Lambda repeats a failed INIT in the same environment, and finds it. */
const IMPORTING = join(tmpdir(), "threadline-importing");
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Does nothing except on Lambda, so that an entry can be imported anywhere. @param start told by its signal when INIT has no time left */
export async function inInit(start: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  if (process.env["AWS_LAMBDA_INITIALIZATION_TYPE"] === undefined) return;
  const late = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    late.abort();
    resolve();
  }, INIT_WAIT);
  // The first call that needs it reports the error.
  const started = start(late.signal).catch(() => undefined);
  await Promise.race([started, promise]);
  clearTimeout(timer);
}

/** The first read of a process finds address and credentials, and opens a connection. */
export const openConnection = ({ threads }: Ports): Promise<unknown> => threads.get(NOBODY);

/**
 * Imports the project's graphs as long as INIT has time. Skipped if an earlier import ended or blocked the process, so that the other
 * graphs do not suffer from it.
 */
export async function importGraphs({ engine, logger }: Ports, signal: AbortSignal): Promise<void> {
  if (existsSync(IMPORTING)) {
    logger.error("graphs are imported by their first runs: importing them all has ended the process", {});
    return;
  }
  writeFileSync(IMPORTING, "");
  await engine.importGraphs(signal);
  rmSync(IMPORTING, { force: true });
}
