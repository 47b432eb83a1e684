/**
 * What is deployed: one table, one queue with a dead-letter queue, three functions, a Function URL that streams, a schedule. Wires and
 * contains no behaviour; every number that the functions know too comes from `core/timings.ts`.
 */
import { Annotations, CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { AttributeType, Billing, ProjectionType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Schedule, ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Variables } from "../functions/aws/env.ts";
import { INDEXES, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from "../functions/aws/table.ts";
import {
  API_TIMEOUT_S,
  CLOCK_TIMEOUT_S,
  MAX_RECEIVES,
  SWEEP_EVERY,
  VISIBILITY_S,
  WORKER_TIMEOUT_S,
} from "../functions/core/timings.ts";
import { CORS } from "../functions/http/cors.ts";

export interface AgentServerProps {
  /** What `packaging/build-artefact.ts` made. */
  artefact: { folder: string; warnings: string[] };
  /** Hashes of the keys that clients send; `none` makes every thread public. */
  auth: "none" | { sha256: string };
  /** Runs at once; default: what the account allows. */
  maxConcurrency?: number;
  /** Default DESTROY: a server to try. RETAIN also protects the table from deletion and keeps point-in-time copies. */
  removalPolicy?: RemovalPolicy.DESTROY | RemovalPolicy.RETAIN;
  /** MB. CPU grows with it. */
  memory?: { api?: number; worker?: number };
}

const type = { S: AttributeType.STRING, N: AttributeType.NUMBER };
/** What the adapters call; no Scan, no table management. Transactions ask for the rights of their parts. */
const TABLE_ACTIONS = [
  "GetItem",
  "BatchGetItem",
  "Query",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "ConditionCheckItem",
];

export class AgentServer extends Construct {
  readonly table: TableV2;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly api: lambda.Function;
  readonly worker: lambda.Function;
  readonly clock: lambda.Function;
  readonly url: lambda.FunctionUrl;
  readonly #props: AgentServerProps;
  readonly #code: lambda.Code;

  constructor(scope: Construct, id: string, props: AgentServerProps) {
    super(scope, id);
    this.#props = props;
    this.#code = lambda.Code.fromAsset(props.artefact.folder);
    for (const warning of props.artefact.warnings) Annotations.of(this).addWarningV2("threadline:artefact", warning);

    this.table = this.#createTable();
    this.deadLetters = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, "RunQueue", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(VISIBILITY_S),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });

    this.api = this.#createFunction("api", { timeout: API_TIMEOUT_S, memory: props.memory?.api ?? 512 });
    this.worker = this.#createFunction("worker", {
      timeout: WORKER_TIMEOUT_S,
      memory: props.memory?.worker ?? 1024,
      // A run that is handed over, and the next run of a thread, are messages from the worker to its own queue.
      recursiveLoop: lambda.RecursiveLoop.ALLOW,
    });
    this.clock = this.#createFunction("clock", { timeout: CLOCK_TIMEOUT_S, memory: 256 });

    this.worker.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 1,
        reportBatchItemFailures: true,
        ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
      }),
    );
    new Schedule(this, "EachMinute", {
      schedule: ScheduleExpression.rate(Duration.millis(SWEEP_EVERY)),
      // The next minute tries again anyway.
      target: new LambdaInvoke(this.clock, { retryAttempts: 0 }),
    });
    this.url = this.#createUrl();
    this.#createAlarm();
    this.#createOutputs();
  }

  #createTable(): TableV2 {
    const retain = this.#props.removalPolicy === RemovalPolicy.RETAIN;
    return new TableV2(this, "Table", {
      partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
      sortKey: { name: SORT_KEY, type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: TTL_ATTRIBUTE,
      globalSecondaryIndexes: INDEXES.map(({ name, partition, sort, projection }) => ({
        indexName: name,
        partitionKey: { name: partition.name, type: type[partition.type] },
        sortKey: { name: sort.name, type: type[sort.type] },
        ...(projection === "KEYS_ONLY"
          ? { projectionType: ProjectionType.KEYS_ONLY }
          : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: projection.include }),
      })),
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: retain,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: retain },
    });
  }

  /** A function with its code, its variables and the rights that these variables need, in one call. */
  #createFunction(name: "api" | "worker" | "clock", options: FunctionOptions): lambda.Function {
    const { auth } = this.#props;
    const environment: Variables & Record<string, string> = {
      TABLE_NAME: this.table.tableName,
      QUEUE_URL: this.queue.queueUrl,
      PROJECT_DIR: "/var/task/project",
      ...(auth === "none" ? { AUTH: "none" } : { AUTH: "key", API_KEY_SHA256: auth.sha256 }),
    };
    const created = new lambda.Function(this, `${name[0]?.toUpperCase()}${name.slice(1)}`, {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: this.#code,
      handler: `${name}.handler`,
      timeout: Duration.seconds(options.timeout),
      memorySize: options.memory,
      environment,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup: new LogGroup(this, `${name}-log`, {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      ...(options.recursiveLoop === undefined ? {} : { recursiveLoop: options.recursiveLoop }),
    });
    this.table.grant(created, ...TABLE_ACTIONS.map((action) => `dynamodb:${action}`));
    this.queue.grantSendMessages(created);
    return created;
  }

  /** The key is checked in the function, for the SDKs do not sign; CDK adds both permissions that a URL needs. */
  #createUrl(): lambda.FunctionUrl {
    const methods: Record<string, lambda.HttpMethod> = lambda.HttpMethod;
    return this.api.addFunctionUrl({
      authType: lambda.FunctionUrlAuthType.NONE,
      invokeMode: lambda.InvokeMode.RESPONSE_STREAM,
      cors: {
        allowedOrigins: CORS.origins,
        allowedMethods: CORS.methods.map((method) => methods[method] ?? lambda.HttpMethod.ALL),
        allowedHeaders: CORS.requestHeaders,
        exposedHeaders: CORS.responseHeaders,
        maxAge: Duration.seconds(CORS.maxAgeSeconds),
      },
    });
  }

  /** Nothing consumes the dead letters: the clock ends what nobody claims. They tell that deliveries fail. */
  #createAlarm(): void {
    new Alarm(this, "DeadLettersAlarm", {
      alarmDescription:
        "Messages of the run queue failed three times. Read the worker's log for `message failed`; the runs themselves are sent again by the clock.",
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  #createOutputs(): void {
    new CfnOutput(this, "Url", { value: this.url.url, description: "apiUrl of the LangGraph SDKs" });
    new CfnOutput(this, "TableName", { value: this.table.tableName });
  }
}

interface FunctionOptions {
  /** s */
  timeout: number;
  /** MB */
  memory: number;
  recursiveLoop?: lambda.RecursiveLoop;
}
