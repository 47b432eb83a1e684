/**
 * The settings of the functions, read once from the environment, before the project's own env file is loaded. Must be read only in entries
 * and `infra/`: otherwise a project that sets AWS variables would move our table.
 */
import { resolve } from "node:path";
import { z } from "zod";
import { FLUSH, RETENTION } from "../core/log/timings.ts";
import { type ClientKey, clientKeysOf, NAMED_KEYS_FORM, NamedKeys } from "../protocol/client-key.ts";
import { isLoopbackHost, isOriginName, notAnOrigin } from "../protocol/origin.ts";
import { CALLER_LIMITS, type CallerLimits, callerLimitsOf } from "./caller-limits.ts";
import { TOKEN_SETTINGS, type TokenSettings, tokenSettingsOf } from "./token-settings.ts";

const HOUR = 3_600_000;
const WEBHOOK_HOSTS = ["public", "loopback", "any"] as const;

/** The message for a wrong value. Secrets and their hashes are not shown. */
const isNot =
  (wanted: string, shown = true) =>
  ({ input }: { input?: unknown }): string =>
    input === undefined
      ? "is not set."
      : `${shown ? `${typeof input === "string" ? input : JSON.stringify(input)} ` : ""}is not ${wanted}.`;
const name = z.string({ error: isNot("a name") });
const oneOf = <const T extends readonly string[]>(...choices: T) =>
  z.enum(choices, { error: isNot(`one of ${choices.join(", ")}`) });
const number = (what: string, most: number, fits: (value: number) => boolean = () => true) =>
  z.string().transform((text, context) => {
    const value = Number(text);
    if (value > 0 && value <= most && fits(value)) return value;
    context.addIssue(isNot(`a ${what} above 0, at most ${most}`)({ input: text }));
    return z.NEVER;
  });
const endpoint = z.url({ protocol: /^https?$/, error: isNot("a URL that begins with http:// or https://") });
/** Whoever could change the keys on their way could sign any token. */
const keySet = endpoint.refine((url) => url.startsWith("https://") || isLoopbackHost(new URL(url).hostname), {
  error: isNot("a URL that begins with https://"),
});
const hashes = z.string().regex(/^[0-9a-f]{64}(,[0-9a-f]{64})*$/, {
  error: isNot("SHA-256 hashes in hexadecimal, separated by commas", false),
});

/** `ssm:NAME` of a parameter; `secretsmanager:NAME`, or `…#FIELD` of a secret that is a JSON object. A name may be an ARN. */
export const REFERENCE = /^(?:ssm:[^#]+|secretsmanager:[^#]+(?:#.+)?)$/;
const REFERENCES = { error: isNot("JSON of variable to reference, ssm:NAME or secretsmanager:NAME", false) };
const references = z.preprocess(
  parseJson,
  z.record(z.string(), z.string(REFERENCES).regex(REFERENCE, REFERENCES), REFERENCES),
);

const namedKeys = z.string().transform((text, context) => {
  const parsed = NamedKeys.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue(isNot(NAMED_KEYS_FORM, false)({ input: text }));
  return z.NEVER;
});

const KEY_PAIR = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;
const pairs = <Name>(names: readonly Name[]) => names.flatMap((one) => names.map((other) => [one, other] as const));
/** With the first of two there is the second. */
const TOGETHER = [...pairs(KEY_PAIR), ...pairs(TOKEN_SETTINGS)];
const LEVELS = ["trace", "debug", "info", "warn", "error", "critical", "silent"] as const;

/** Prefix of our variables, so that they never collide with a project's own. */
export const PREFIX = "THREADLINE_";

/** Every variable that is read, as the construct sets them. AWS's own names where AWS has one. */
export const Variables = z
  .object({
    THREADLINE_TABLE_NAME: name,
    /** Not checked as a URL: emulators use host names that are not valid in one. */
    THREADLINE_QUEUE_URL: name,
    /** Folder with `manifest.json`, the compiled project; on Lambda relative to the function's code. */
    THREADLINE_PROJECT_DIR: name,
    LAMBDA_TASK_ROOT: name.optional(),
    /**
     * `none` must be explicit: without a key or an auth module the API refuses to start. `iam`: the Function URL lets only signed requests
     * in.
     */
    THREADLINE_AUTH: oneOf("key", "iam", "none").default("key"),
    THREADLINE_API_KEY_SHA256: hashes.optional(),
    /** Keys with names (`client-key.ts`). */
    THREADLINE_API_KEYS: namedKeys.optional(),
    /** Tokens of an OpenID Connect issuer in place of keys; the three go together. */
    THREADLINE_JWT_ISSUER: name.optional(),
    THREADLINE_JWT_AUDIENCE: name.optional(),
    THREADLINE_JWT_JWKS: keySet.optional(),
    /** Secret whose text is a key, of which the current and the previous version open the API; or JSON of keys with names. */
    THREADLINE_API_KEY_SECRET_ARN: name.optional(),
    /** Secret that what is in front of the server sends as `x-origin-secret`; unset = whoever knows the URL may ask. */
    THREADLINE_ORIGIN_SECRET_ARN: name.optional(),
    /** Where the values of the project's variables are kept, as JSON: name → reference. Read only by functions that load graphs. */
    THREADLINE_PROJECT_SECRETS: references.default({}),
    THREADLINE_LOG_LEVEL: z
      .string()
      .toLowerCase()
      .pipe(oneOf(...LEVELS))
      .default("info"),
    /** Name of the server in its metrics; unset = no metrics. */
    THREADLINE_METRICS_SERVER: name.optional(),
    /** The interpreter that runs graphs of Python; unset = that of the artefact. Without any these do not load. */
    THREADLINE_PYTHON: name.optional(),
    /** `hide` for servers that strangers may call: the texts of failed runs stay in the logs. */
    THREADLINE_ERROR_DETAIL: oneOf("show", "hide").default("show"),
    /** For development: `loopback` also lets webhooks go to http and to this machine, `any` to private addresses, too. */
    THREADLINE_WEBHOOK_HOSTS: oneOf(...WEBHOOK_HOSTS).default("public"),
    /** Signs webhooks; unset = unsigned. */
    THREADLINE_WEBHOOK_SECRET: name.optional(),
    /** Secret whose text signs webhooks instead, so that no setting holds it. */
    THREADLINE_WEBHOOK_SECRET_ARN: name.optional(),
    THREADLINE_STREAM_FLUSH_MS: number("number of milliseconds", 10_000).default(FLUSH),
    THREADLINE_STREAM_RETENTION_HOURS: number("number of hours", 24 * 365).default(RETENTION / HOUR),
    /** How a stream is ended at the host's limit (design 6). */
    THREADLINE_STREAM_CUT: oneOf("abort", "clean").default("abort"),
    /** Where a thread's stream begins without `since`: `all` = with its first event that is kept. */
    THREADLINE_STREAM_REPLAY: oneOf("newest", "all").default("newest"),
    /** `on` appends a line that every client ignores to each chunk, for Function URLs that hold back the last chunk. */
    THREADLINE_STREAM_PAD: oneOf("on", "off").default("off"),
    /** `off` where what is in front of the server takes every body for text. */
    THREADLINE_COMPRESS: oneOf("on", "off").default("on"),
    /** `off`: there is no page `/watch`. */
    THREADLINE_WATCH: oneOf("on", "off").default("on"),
    /** Where clients ask, if what is in front of the server has another address: what agents' cards name. */
    THREADLINE_PUBLIC_URL: endpoint.optional(),
    ...CALLER_LIMITS,
    /** `on` where the table has a vector index for the vectors of the project's store (decision 29). */
    THREADLINE_VECTOR_INDEX: oneOf("on", "off").default("off"),
    /** `off` where a Function URL sets the headers: setting them twice breaks browsers. */
    THREADLINE_CORS: oneOf("on", "off").default("on"),
    /**
     * Whose pages may call, separated by commas: origins, `*`, `loopback` (pages of this machine), `project` (`http.cors`). Unset =
     * `project` if there is an `http.cors`, else `*`.
     */
    THREADLINE_CORS_ALLOW_ORIGINS: z
      .string()
      .transform((text) => text.split(",").map((one) => one.trim()))
      .pipe(z.array(z.string().refine(isOriginName, { error: ({ input }) => `${notAnOrigin(String(input))}.` })))
      .optional(),
    AWS_REGION: name.default("us-east-1"),
    AWS_ENDPOINT_URL: endpoint.optional(),
    AWS_ENDPOINT_URL_DYNAMODB: endpoint.optional(),
    AWS_ENDPOINT_URL_SQS: endpoint.optional(),
    AWS_ACCESS_KEY_ID: name.optional(),
    AWS_SECRET_ACCESS_KEY: name.optional(),
    AWS_SESSION_TOKEN: name.optional(),
    /** `placeholder` is for emulators that ask for a signature and check none. */
    THREADLINE_AWS_SIGNATURES: oneOf("real", "placeholder").default("real"),
  })
  .superRefine((values, context) => {
    for (const [one, other] of TOGETHER)
      if (values[one] !== undefined && values[other] === undefined)
        context.addIssue({ code: "custom", path: [other], message: `is not set, but ${one} is.` });
  });
export type Variables = z.input<typeof Variables>;

const OWN_AWS = new Set(Object.keys(Variables.shape).flatMap((one) => (one.startsWith("AWS_") ? PREFIX + one : [])));

export interface Env extends CallerLimits {
  table: string;
  queueUrl: string;
  projectDir: string;
  auth: { kind: "none" } | { kind: "key"; sha256: string[]; named?: ClientKey[]; secretArn?: string };
  /** undefined = nothing has to be in front of the server. */
  originSecretArn: string | undefined;
  jwt: TokenSettings | undefined;
  /** References by variable. */
  projectSecrets: Record<string, string>;
  logLevel: (typeof LEVELS)[number];
  metricsServer: string | undefined;
  python: string | undefined;
  errorDetail: "show" | "hide";
  webhookHosts: (typeof WEBHOOK_HOSTS)[number];
  webhookSecret: { text: string } | { arn: string } | undefined;
  flushMs: number;
  retentionMs: number;
  streamCut: "abort" | "clean";
  replay: "newest" | "all";
  streamPad: boolean;
  compress: boolean;
  /** Whether there is the page `/watch`. */
  watch: boolean;
  /** Without a slash at the end. */
  publicUrl: string | undefined;
  vectorIndex: boolean;
  /** undefined = CORS is answered in front of the server. */
  cors: { origins: readonly string[] | undefined } | undefined;
  aws: {
    region: string;
    dynamodbEndpoint: string | undefined;
    sqsEndpoint: string | undefined;
    /** Of the other services. */
    endpoint: string | undefined;
    /** undefined = the SDK's default chain (a profile, a container role). */
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
    signatures: "real" | "placeholder";
  };
}

/** Lists each variable that is missing or wrong on a line of its own: its name, its value, and what is allowed. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/**
 * @param source process.env, or the local system's settings; empty values count as unset. If AWS's variables exist with our prefix, those
 * without it belong to the graphs and are ignored
 * @throws SettingsError
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const set = Object.entries(source).filter(([, value]) => value !== undefined && value !== "");
  const parsed = Variables.safeParse(Object.fromEntries(withOwnAws(set)));
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path: [variable], message }) => `${String(variable)}: ${message}`);
    throw new SettingsError([...new Set(lines)].join("\n"));
  }
  const values = parsed.data;
  const env: Env = {
    table: values.THREADLINE_TABLE_NAME,
    queueUrl: values.THREADLINE_QUEUE_URL,
    projectDir: resolve(values.LAMBDA_TASK_ROOT ?? ".", values.THREADLINE_PROJECT_DIR),
    auth: authOf(values),
    originSecretArn: values.THREADLINE_ORIGIN_SECRET_ARN,
    jwt: tokenSettingsOf(values),
    projectSecrets: values.THREADLINE_PROJECT_SECRETS,
    logLevel: values.THREADLINE_LOG_LEVEL,
    metricsServer: values.THREADLINE_METRICS_SERVER,
    python: values.THREADLINE_PYTHON,
    errorDetail: values.THREADLINE_ERROR_DETAIL,
    webhookHosts: values.THREADLINE_WEBHOOK_HOSTS,
    webhookSecret: webhookSecretOf(values),
    flushMs: values.THREADLINE_STREAM_FLUSH_MS,
    retentionMs: values.THREADLINE_STREAM_RETENTION_HOURS * HOUR,
    streamCut: values.THREADLINE_STREAM_CUT,
    replay: values.THREADLINE_STREAM_REPLAY,
    streamPad: values.THREADLINE_STREAM_PAD === "on",
    compress: values.THREADLINE_COMPRESS === "on",
    watch: values.THREADLINE_WATCH === "on",
    publicUrl: values.THREADLINE_PUBLIC_URL?.replace(/\/$/, ""),
    ...callerLimitsOf(values),
    vectorIndex: values.THREADLINE_VECTOR_INDEX === "on",
    cors: values.THREADLINE_CORS === "on" ? { origins: values.THREADLINE_CORS_ALLOW_ORIGINS } : undefined,
    aws: {
      region: values.AWS_REGION,
      dynamodbEndpoint: values.AWS_ENDPOINT_URL_DYNAMODB ?? values.AWS_ENDPOINT_URL,
      sqsEndpoint: values.AWS_ENDPOINT_URL_SQS ?? values.AWS_ENDPOINT_URL,
      endpoint: values.AWS_ENDPOINT_URL,
      credentials: credentials(values),
      signatures: values.THREADLINE_AWS_SIGNATURES,
    },
  };
  return Object.freeze(env);
}

type Given = readonly [variable: string, value: string | undefined];

function withOwnAws(given: readonly Given[]): readonly Given[] {
  const own = given.flatMap(([variable, value]): Given[] =>
    OWN_AWS.has(variable) ? [[variable.slice(PREFIX.length), value]] : [],
  );
  return own.length === 0 ? given : [...given.filter(([variable]) => !OWN_AWS.has(PREFIX + variable)), ...own];
}

/** Prefixes AWS's variables, for a host whose graphs see other values of them. */
export const asOwnAws = (variables: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(variables).map(([variable, value]) => [
      OWN_AWS.has(PREFIX + variable) ? PREFIX + variable : variable,
      value,
    ]),
  );

function authOf(values: z.output<typeof Variables>): Env["auth"] {
  if (values.THREADLINE_AUTH !== "key" || tokenSettingsOf(values)) return { kind: "none" };
  const sha256 = values.THREADLINE_API_KEY_SHA256?.split(",") ?? [];
  const secretArn = values.THREADLINE_API_KEY_SECRET_ARN;
  const named = values.THREADLINE_API_KEYS && clientKeysOf(values.THREADLINE_API_KEYS);
  return { kind: "key", sha256, ...(named && { named }), ...(secretArn !== undefined && { secretArn }) };
}

function webhookSecretOf(values: z.output<typeof Variables>): Env["webhookSecret"] {
  const { THREADLINE_WEBHOOK_SECRET: text, THREADLINE_WEBHOOK_SECRET_ARN: arn } = values;
  if (arn !== undefined) return { arn };
  return text === undefined ? undefined : { text };
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

function credentials(values: z.output<typeof Variables>): Env["aws"]["credentials"] {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = values;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) return undefined;
  const keys = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return AWS_SESSION_TOKEN === undefined ? keys : { ...keys, sessionToken: AWS_SESSION_TOKEN };
}
