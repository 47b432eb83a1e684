/**
 * The construct: one table, one queue with a dead-letter queue, three functions, an endpoint that streams, a schedule. Numbers that the
 * functions use, too, come from their `timings.ts` and `limits.ts`.
 */
import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { ITableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Grant, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Schedule, ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Variables } from "../functions/aws/env.ts";
import { INDEXES, type VectorIndexShape } from "../functions/aws/table/table.ts";
import { VISIBILITY_MARGIN_S, WORKER_TIMEOUT_S } from "../functions/core/run/execute/timings.ts";
import { SWEEP_EVERY } from "../functions/core/run/timings.ts";
import { MEMORY_MB } from "../functions/host/memory.ts";
import { SWEEPER_TIMEOUT_S, MAX_RECEIVES } from "../functions/host/timings.ts";
import { API_TIMEOUT_S } from "../functions/http/edge/timings.ts";
import { isOriginName, notAnOrigin } from "../functions/protocol/origin.ts";
import { acknowledgeFindings } from "./acknowledge.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import { createAlarms } from "./alarms.ts";
import { createBudget } from "./budget.ts";
import { deployHashes } from "./client-keys.ts";
import { checkProps } from "./check-props.ts";
import { createTable } from "./create-table.ts";
import { letLogsUse, useKey } from "./encryption.ts";
import { createDashboard } from "./dashboard.ts";
import { createEndpoint } from "./endpoint.ts";
import { demandOriginSecret } from "./origin-secret.ts";
import { createOutputs } from "./outputs.ts";
import { projectCode } from "./project-code.ts";
import { equipWith, projectEnvironment } from "./project-environment.ts";
import type { ServerParts } from "./server-parts.ts";
import { keptWarm, serverFunction, type ServerFunctionOptions } from "./server-function.ts";
import { SynthError } from "./synth-error.ts";
import { wantedVectorIndex } from "./vector-index.ts";
import { SECRET_LENGTH, signWebhooks } from "./webhook-secret.ts";

/** The calls of the adapters: no Scan, no table management. A transaction needs the rights of its parts. */
const ITEM_ACTIONS = ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];

export class AgentServer extends Construct implements ServerParts {
  readonly table: ITableV2;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly api: lambda.Function;
  readonly worker: lambda.Function;
  readonly sweeper: lambda.Function;
  readonly url: { readonly url: string };
  readonly functionUrl: lambda.FunctionUrl | undefined;
  readonly restApi: RestApi | undefined;
  readonly key: Secret | undefined;
  readonly webhookSecret: Secret | undefined;
  readonly originSecret: Secret | undefined;
  readonly serverName: string;
  readonly #props: AgentServerProps;
  readonly #vectorIndex: VectorIndexShape | undefined;

  constructor(scope: Construct, id: string, props: AgentServerProps) {
    super(scope, id);
    checkProps(this, props);
    this.#props = props;
    this.serverName = this.node.path.replaceAll("/", "-");
    const code = projectCode(this, props);
    const environment = projectEnvironment(this, props);
    this.#vectorIndex = wantedVectorIndex(props);
    this.table = createTable(this, props);
    const { encryptionKey: key } = props;
    const encrypted = key
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
      : { encryption: QueueEncryption.SQS_MANAGED };
    if (key) letLogsUse(key);
    this.deadLetters = new Queue(this, "DeadLetters", {
      ...encrypted,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const timeOf = (name: "api" | "worker", most: number): number => props.timeout?.[name]?.toSeconds() ?? most;
    const workerTime = timeOf("worker", WORKER_TIMEOUT_S);
    this.queue = new Queue(this, "RunQueue", {
      ...encrypted,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(workerTime + VISIBILITY_MARGIN_S),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });

    const create = (options: Omit<ServerFunctionOptions, "environment">): lambda.Function => {
      const created = serverFunction(this, code, props, { ...options, environment: this.#variables() });
      this.#grantTo(created, options.name);
      if (key) useKey(key, created);
      return created;
    };
    this.api = create({
      name: "api",
      timeout: timeOf("api", API_TIMEOUT_S),
      memory: props.memory?.api ?? MEMORY_MB.api,
      reservedConcurrency: props.apiConcurrency,
    });
    const { streamsPerKey, domain, publicUrl = domain && `https://${domain.name}`, pad, cors, watch } = props;
    const wrong = cors?.origins.find((one) => !isOriginName(one));
    if (wrong !== undefined) throw new SynthError(`cors: ${notAnOrigin(wrong)}.`);
    // Preflights are never signed: where signatures are required, a Function URL has to answer them.
    if (props.auth === "iam" && props.endpoint !== "rest-api") this.api.addEnvironment("THREADLINE_CORS", "off");
    else if (cors !== undefined) this.api.addEnvironment("THREADLINE_CORS_ALLOW_ORIGINS", cors.origins.join(","));
    if (publicUrl !== undefined) this.api.addEnvironment("THREADLINE_PUBLIC_URL", publicUrl);
    if (streamsPerKey !== undefined) this.api.addEnvironment("THREADLINE_STREAMS_PER_KEY", String(streamsPerKey));
    if (watch === false) this.api.addEnvironment("THREADLINE_WATCH", "off");
    if (pad) this.api.addEnvironment("THREADLINE_STREAM_PAD", "on");
    this.worker = create({
      name: "worker",
      timeout: workerTime,
      memory: props.memory?.worker ?? MEMORY_MB.worker,
      // The worker sends to its own queue when it hands a run over and when a thread's next run can start.
      recursiveLoop: lambda.RecursiveLoop.ALLOW,
    });
    this.sweeper = create({ name: "sweeper", timeout: SWEEPER_TIMEOUT_S, memory: MEMORY_MB.sweeper });
    for (const target of [this.api, this.worker]) equipWith(environment, target);

    const { api: warmApis, worker: warmWorkers } = props.provisionedConcurrency ?? {};
    keptWarm(this.worker, warmWorkers).addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 1,
        reportBatchItemFailures: true,
        ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
      }),
    );
    this.#scheduleSweeper();
    this.key = this.#createKey();
    this.webhookSecret = props.webhookSecret && signWebhooks(this, props.webhookSecret, [this.worker, this.sweeper]);
    this.originSecret = props.originSecret && demandOriginSecret(this, props.originSecret, this.api);
    const { url, functionUrl, restApi } = createEndpoint(this, keptWarm(this.api, warmApis), props);
    this.url = { url };
    this.functionUrl = functionUrl;
    this.restApi = restApi;
    createAlarms(this, props.alarmTopic);
    if (props.budget) createBudget(this, props.budget, props.alarmTopic);
    if (props.dashboard) createDashboard(this);
    createOutputs(this, props, code.sample);
    acknowledgeFindings(this, props);
  }

  #variables(): Record<string, string> {
    const { retention, errorDetail, runsPerKey } = this.#props;
    return {
      THREADLINE_TABLE_NAME: this.table.tableName,
      THREADLINE_QUEUE_URL: this.queue.queueUrl,
      THREADLINE_PROJECT_DIR: "project",
      THREADLINE_METRICS_SERVER: this.serverName,
      // The worker serves the API to its own graphs with a key that it generates. Only the API needs the keys of clients.
      THREADLINE_AUTH: typeof this.#props.auth === "object" ? "key" : (this.#props.auth ?? "key"),
      ...jwtVariables(this.#props.auth),
      ...(retention === undefined
        ? {}
        : { THREADLINE_STREAM_RETENTION_HOURS: String(retention.toHours({ integral: false })) }),
      ...(errorDetail === undefined ? {} : { THREADLINE_ERROR_DETAIL: errorDetail }),
      // Graphs that call their own server and crons make runs, too.
      ...(runsPerKey === undefined ? {} : { THREADLINE_RUNS_PER_KEY: String(runsPerKey) }),
      ...(this.#vectorIndex && { THREADLINE_VECTOR_INDEX: "on" as const }),
    } satisfies Variables & Record<string, string>;
  }

  #grantTo(grantee: lambda.Function, name: ServerFunctionOptions["name"]): void {
    const { tableArn } = this.table;
    const grant = (actions: string[], ...resourceArns: string[]): Grant =>
      Grant.addToPrincipal({ grantee, actions, resourceArns });
    grant(
      ITEM_ACTIONS.map((action) => `dynamodb:${action}`),
      tableArn,
    );
    const indexes = INDEXES.filter(({ readBy }) => readBy.includes(name));
    if (indexes.length > 0) grant(["dynamodb:Query"], ...indexes.map((index) => `${tableArn}/index/${index.name}`));
    const vectors = this.#vectorIndex;
    if (vectors?.readBy.some((reader) => reader === name))
      grant(["dynamodb:SearchVectors"], `${tableArn}/index/${vectors.name}`);
    grant(["sqs:SendMessage"], this.queue.queueArn);
  }

  /** With a role that may invoke this function only; the CDK's would allow all its versions, too. */
  #scheduleSweeper(): void {
    const { account } = Stack.of(this);
    const conditions = { StringEquals: { "aws:SourceAccount": account } };
    const assumedBy = new ServicePrincipal("scheduler.amazonaws.com", { conditions });
    const role = new Role(this, "schedule-role", { assumedBy });
    const { functionArn } = this.sweeper;
    Grant.addToPrincipal({ grantee: role, actions: ["lambda:InvokeFunction"], resourceArns: [functionArn] });
    new Schedule(this, "EachMinute", {
      schedule: ScheduleExpression.rate(Duration.millis(SWEEP_EVERY)),
      // The next sweep is a minute later.
      target: new LambdaInvoke(this.sweeper, { role: role.withoutPolicyUpdates(), retryAttempts: 0 }),
    });
  }

  /** Only the API may read it. When a new value is stored, the previous one stays valid until the next. */
  #createKey(): Secret | undefined {
    const { auth = "key" } = this.#props;
    if (typeof auth === "object") {
      if (!("jwt" in auth)) deployHashes(this.api, auth);
      return undefined;
    }
    if (auth !== "key") return undefined;
    const key = new Secret(this, "Key", {
      description: "Key of this server's clients, sent as x-api-key. The version before this one is accepted, too.",
      generateSecretString: { excludePunctuation: true, passwordLength: SECRET_LENGTH },
      ...(this.#props.encryptionKey && { encryptionKey: this.#props.encryptionKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api.addEnvironment("THREADLINE_API_KEY_SECRET_ARN", key.secretArn);
    Grant.addToPrincipal({
      grantee: this.api,
      actions: ["secretsmanager:GetSecretValue"],
      resourceArns: [key.secretArn],
    });
    return key;
  }
}

/** The worker serves the API to its own graphs, whose callers have the same rights there. */
function jwtVariables(auth: AgentServerProps["auth"]): Record<string, string> {
  if (typeof auth !== "object" || !("jwt" in auth)) return {};
  const { issuer, audience, jwks } = auth.jwt;
  const variables = { THREADLINE_JWT_ISSUER: issuer, THREADLINE_JWT_AUDIENCE: audience, THREADLINE_JWT_JWKS: jwks };
  return variables satisfies Partial<Variables>;
}
