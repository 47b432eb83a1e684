/** The options of a deployment, with their defaults and costs. */
import type { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import type { ISecurityGroup, IVpc, SubnetSelection } from "aws-cdk-lib/aws-ec2";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IHostedZone } from "aws-cdk-lib/aws-route53";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { ITopic } from "aws-cdk-lib/aws-sns";

/** Who may call the API. */
export type ServerAuth =
  /** Whoever sends the generated key as `x-api-key`. It is kept in Secrets Manager, for 0.40 USD a month. */
  | "key"
  /** Whoever signs requests with AWS credentials. The stock SDKs do not sign. */
  | "iam"
  /** Anybody who knows the URL. */
  | "none"
  /** Whoever sends one of your own keys, of which only hashes are deployed. Free. */
  | { sha256: string | readonly string[] }
  /**
   * Whoever sends one of several keys with names: the name is in the metadata of the runs that it makes, and it may have a cap of streams
   * of its own. Only hashes are deployed. Free. (The generated secret takes the same as JSON, without a deployment.)
   */
  | { keys: Readonly<Record<string, string | { sha256: string | readonly string[]; streams?: number }>> }
  /** Whoever has a token of an OpenID Connect issuer (Cognito, Auth0 …): everybody sees what is his own. See docs/auth.md. */
  | { jwt: { issuer: string; audience: string; jwks: string } };

/** Any ISecret. */
export type OwnSecret = Pick<ISecret, "secretArn" | "grantRead">;

export interface AgentServerProps {
  /** Path of the project's langgraph.json. */
  readonly config: string;
  /** The project as `packaging/build-artefact.ts` has built it; by default it is built at synth. */
  readonly artefact?: { folder: string; warnings: string[] };
  /**
   * Whether graphs are loaded once at synth, where this machine can: if none loads, synth fails. `false` for what loads in AWS alone, with
   * a database at import for example. Default: true.
   */
  readonly load?: boolean;
  /** CPU of the functions; x64 for packages that have no arm64 binary. Default: arm64, a fifth cheaper. */
  readonly cpu?: "arm64" | "x64";
  /** Deploys a container image instead of a ZIP, for projects of more than 250 MB; `cdk deploy` then needs Docker. */
  readonly image?: boolean;
  /** Default: `key`. */
  readonly auth?: ServerAuth;
  /**
   * How the API is reached. `rest-api`: by API Gateway, which streams, too, and has what a Function URL has not: a domain, WAF, access from
   * regions without Function URLs; for 3.50 USD a million requests. Default: `function-url`.
   */
  readonly endpoint?: "function-url" | "rest-api";
  /** A name of your own for the REST API, whose own address is then closed. With `zone` its record is made. */
  readonly domain?: { readonly name: string; readonly certificate: ICertificate; readonly zone?: IHostedZone };
  /**
   * The API refuses whoever does not send this secret as `x-origin-secret`, so that nobody passes by what is in front (docs/deploy.md).
   * `generated`: a secret made for it (0.40 USD a month); or one of your own, whose text is used as it is. Default: none.
   */
  readonly originSecret?: "generated" | OwnSecret;
  /** Origins whose pages may call the API, instead of those of the project's `http.cors`. Default: those; without `http.cors` any. */
  readonly cors?: { readonly origins: readonly string[] };
  /**
   * Variables of the graphs, which override langgraph.json's `env`. A value `ssm:/name` or `secretsmanager:name` (or `…#field`) is a
   * reference: the functions read it when they start, and it is neither in the template nor in a function's settings.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** Concurrent runs, 2 to 1000. Default: as many as the account's concurrency allows. */
  readonly maxConcurrency?: number;
  /**
   * Requests of the API at once; an open stream is one of them. The guard against a bill of streams, whoever opens them: beyond, Lambda
   * answers 429. Taken from the account's concurrency. Default: none.
   */
  readonly apiConcurrency?: number;
  /**
   * Open responses (stream, wait, join) of one key at once, up to 1000; beyond, 429 with Retry-After. Counted in the table: two write units
   * and a read unit for each. A client that disconnected counts until its run ends, since its function goes on. Default: any number.
   */
  readonly streamsPerKey?: number;
  /**
   * Runs of one key, or of one user of custom auth or tokens, that wait and are at work at once, up to 1000; beyond, 429 with Retry-After.
   * Counted in the table: a write unit and a read unit or more for each run. Default: any number.
   */
  readonly runsPerKey?: number;
  /**
   * Where clients ask, for cards of agents (A2A): behind CloudFront, or a REST API without `domain`, with its stage. Default: the address
   * that a card was asked by.
   */
  readonly publicUrl?: string;
  /**
   * Writes a line of two bytes that clients ignore after each piece of a stream: for a URL of which the smoke test says that it holds back
   * the last piece. Default: false.
   */
  readonly pad?: boolean;
  /** `false`: without the page `/watch`, on which people look at threads and runs with a key. Default: it is there. */
  readonly watch?: boolean;
  /** MB; CPU grows with it. Default: 512 for the API, 1024 for the worker. */
  readonly memory?: { readonly api?: number; readonly worker?: number };
  /** How long events of runs are kept and can be replayed. Default: 7 days. */
  readonly retention?: Duration;
  /** Limits of the table per second, against unexpected costs. Requests beyond are throttled. Default: none. */
  readonly requestUnits?: { readonly read?: number; readonly write?: number };
  /**
   * Units per second that the table takes from the start, for a load that comes at once; a new table takes 4,000 writes and 12,000 reads
   * and grows with its use. Charged once, by the units above that; cannot be lowered. Default: what a new table takes.
   */
  readonly warmThroughput?: { readonly read?: number; readonly write?: number };
  /**
   * Searches of the store by meaning use an index of vectors in DynamoDB, one for `store.index.dims`. It was tried with emulators alone,
   * costs about three times the writes of such items, and finds what was put before some time later. Default: every vector is compared.
   */
  readonly vectorIndex?: boolean;
  /**
   * DESTROY: everything is deleted with the stack. RETAIN: the table stays, protected and with point-in-time copies. Default: DESTROY.
   */
  readonly removalPolicy?: RemovalPolicy.DESTROY | RemovalPolicy.RETAIN;
  /**
   * Name of a table that an earlier stack has left (`RETAIN`), with its threads. This stack changes nothing of it. Default: a new table.
   */
  readonly existingTable?: string;
  /**
   * A KMS key of your own for table, queues, logs and the key of clients (1 USD a month and 0.03 USD for 10,000 uses). Default: keys that
   * AWS owns, free.
   */
  readonly encryptionKey?: IKey;
  /**
   * Where worker and sweeper run, for graphs that reach a database of a private network. They need ways to DynamoDB, to SQS and to what
   * graphs call (docs/deploy.md). Default: no network of yours.
   */
  readonly vpc?: IVpc;
  /** Default: those with a way out, else the isolated ones. */
  readonly subnets?: SubnetSelection;
  /** Default: one for each function, which lets everything out. */
  readonly securityGroups?: readonly ISecurityGroup[];
  /** The API runs there, too, to load graphs that need the network at import; only with `endpoint: "rest-api"`. Default: false. */
  readonly apiInVpc?: boolean;
  /** MB of `/tmp`, 512 to 10,240; beyond 512 it costs. Default: 512. */
  readonly tmp?: { readonly api?: number; readonly worker?: number };
  /** 1 to 15 minutes: runs are handed over, and streams cut, before. Default: 15 minutes. */
  readonly timeout?: { readonly api?: Duration; readonly worker?: Duration };
  /**
   * Environments that wait, ready, for requests and runs, reached by an alias: no cold start, for about 9 USD a month for each GB
   * of each. Default: none.
   */
  readonly provisionedConcurrency?: { readonly api?: number; readonly worker?: number };
  /** Default: a month. */
  readonly logRetention?: RetentionDays;
  /** `hide`: the texts of errors in graphs are only logged, for servers that strangers may call. Default: `show`. */
  readonly errorDetail?: "show" | "hide";
  /** Receives every alarm and its end. Default: none; the alarms can be seen in CloudWatch. */
  readonly alarmTopic?: ITopic;
  /**
   * USD a month of the whole account. The alarm topic and the address are notified when more is spent, or forecast by AWS. Default:
   * none.
   */
  readonly budget?: { readonly usd: number; readonly email?: string };
  /**
   * Signs webhooks (header `x-threadline-signature`). `generated`: a secret made for it (0.40 USD a month); or one of your own, whose text
   * is used as it is. Default: webhooks are not signed.
   */
  readonly webhookSecret?: "generated" | OwnSecret;
  /** A CloudWatch dashboard; the first three of an account are free. Default: none. */
  readonly dashboard?: boolean;
  /** Traces of the functions in X-Ray. Default: none. */
  readonly tracing?: boolean;
}
