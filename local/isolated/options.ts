/**
 * The options of an isolated server, for trying limits and failures: `--timeout`, and the variables THREADLINE_ISOLATED_* of
 * `docs/local.md`.
 */
import { WORKER_TIMEOUT_S } from "../../functions/core/run/execute/timings.ts";
import { API_TIMEOUT_S } from "../../functions/http/edge/timings.ts";
import { CommandError } from "../../command-line/command-error.ts";
import { ISOLATED_CONCURRENCY } from "./timings.ts";
import type { UrlBehaviour } from "./url-response.ts";

export interface IsolatedOptions extends UrlBehaviour {
  /** s, of the functions that answer and that run graphs. */
  apiTimeout: number;
  workerTimeout: number;
  /** Environments of each at once. */
  concurrency: number;
}

const wrong = (name: string, value: string, wanted: string): CommandError =>
  new CommandError(`${name}: ${value} is not ${wanted}.`, 2);

/**
 * @param timeout value of `--timeout`, s; both functions', where the environment names none for one
 * @throws CommandError for a value of the wrong kind
 */
export function readIsolatedOptions(
  env: Record<string, string | undefined>,
  timeout: string | undefined,
): IsolatedOptions {
  const count = (name: string, value: string | undefined, otherwise: number, most: number): number => {
    if (!value) return otherwise;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1 || number > most)
      throw wrong(name, value, `a number from 1 to ${most}`);
    return number;
  };
  const seconds = (name: string, longest: number): number =>
    count(name, env[name], Math.min(longest, count("--timeout", timeout, longest, longest)), longest);
  const midStreamError = env["THREADLINE_ISOLATED_MID_STREAM_ERROR"] || "abort";
  if (midStreamError !== "abort" && midStreamError !== "clean")
    throw wrong("THREADLINE_ISOLATED_MID_STREAM_ERROR", midStreamError, "abort or clean");
  const holdLastChunk = env["THREADLINE_ISOLATED_HOLD_LAST_CHUNK"] || "off";
  if (holdLastChunk !== "on" && holdLastChunk !== "off")
    throw wrong("THREADLINE_ISOLATED_HOLD_LAST_CHUNK", holdLastChunk, "on or off");
  return {
    apiTimeout: seconds("THREADLINE_ISOLATED_API_TIMEOUT", API_TIMEOUT_S),
    workerTimeout: seconds("THREADLINE_ISOLATED_WORKER_TIMEOUT", WORKER_TIMEOUT_S),
    concurrency: count(
      "THREADLINE_ISOLATED_CONCURRENCY",
      env["THREADLINE_ISOLATED_CONCURRENCY"],
      ISOLATED_CONCURRENCY,
      1_000,
    ),
    midStreamError,
    holdLastChunk: holdLastChunk === "on",
  };
}
