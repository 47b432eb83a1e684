/** Which variables of the shell are settings of the local system. All of ours have a prefix; others reach the graphs unchanged. */
import { PREFIX } from "../functions/aws/env.ts";
import { CommandError } from "../command-line/command-error.ts";

/** Settings of the functions, which override the defaults of the local system. */
export const SETTINGS = [
  "THREADLINE_AUTH",
  "THREADLINE_API_KEY_SHA256",
  "THREADLINE_API_KEYS",
  "THREADLINE_JWT_ISSUER",
  "THREADLINE_JWT_AUDIENCE",
  "THREADLINE_JWT_JWKS",
  "THREADLINE_CORS_ALLOW_ORIGINS",
  "THREADLINE_ERROR_DETAIL",
  "THREADLINE_LOG_LEVEL",
  "THREADLINE_PYTHON",
  "THREADLINE_STREAM_FLUSH_MS",
  "THREADLINE_STREAM_RETENTION_HOURS",
  "THREADLINE_STREAM_CUT",
  "THREADLINE_STREAM_REPLAY",
  "THREADLINE_STREAM_PAD",
  "THREADLINE_COMPRESS",
  "THREADLINE_PUBLIC_URL",
  "THREADLINE_STREAMS_PER_KEY",
  "THREADLINE_RUNS_PER_KEY",
  "THREADLINE_WEBHOOK_HOSTS",
  "THREADLINE_WEBHOOK_SECRET",
  "THREADLINE_TABLE_NAME",
  "THREADLINE_VECTOR_INDEX",
  "THREADLINE_WATCH",
];
/** Of the isolated host; `isolated/options.ts` reads them. */
const ISOLATED = [
  "THREADLINE_ISOLATED_API_TIMEOUT",
  "THREADLINE_ISOLATED_WORKER_TIMEOUT",
  "THREADLINE_ISOLATED_CONCURRENCY",
  "THREADLINE_ISOLATED_MID_STREAM_ERROR",
  "THREADLINE_ISOLATED_HOLD_LAST_CHUNK",
];
const KNOWN = [...SETTINGS, ...ISOLATED];

type Shell = Readonly<Record<string, string | undefined>>;

/**
 * @returns a warning of variables that are named like settings without the prefix, and so are seen by graphs alone
 * @throws CommandError for an unknown name with our prefix
 */
export function checkNames(shell: Shell): string | undefined {
  const unknown = Object.keys(shell).filter((name) => name.startsWith(PREFIX) && !KNOWN.includes(name));
  if (unknown.length > 0)
    throw new CommandError(unknown.map((name) => `${name}: there is no such setting of npm start.`).join("\n"), 2);
  const unprefixed = KNOWN.map((name) => name.slice(PREFIX.length));
  const meant = unprefixed.filter((name) => shell[name] && shell[PREFIX + name] === undefined);
  return meant.length === 0
    ? undefined
    : `${meant.join(", ")}: seen by graphs alone; a setting of this server is called ${meant.map((name) => PREFIX + name).join(", ")}`;
}
