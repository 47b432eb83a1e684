/** The parts of a server that its alarms, dashboard and outputs use. */
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { ITableV2 } from "aws-cdk-lib/aws-dynamodb";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { IConstruct } from "constructs";

export interface ServerParts extends IConstruct {
  readonly table: ITableV2;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly api: lambda.Function;
  readonly worker: lambda.Function;
  readonly sweeper: lambda.Function;
  readonly url: { readonly url: string };
  /** Undefined with another endpoint. */
  readonly functionUrl: lambda.FunctionUrl | undefined;
  /** Undefined with another endpoint. */
  readonly restApi: RestApi | undefined;
  /** The generated key of clients; undefined with another `auth`. */
  readonly key: Secret | undefined;
  /** The generated secret of webhooks; undefined without one, or with one of your own. */
  readonly webhookSecret: Secret | undefined;
  /** The generated secret of what is in front; undefined without one, or with one of your own. */
  readonly originSecret: Secret | undefined;
  /** The value of the dimension `Server` of its metrics. */
  readonly serverName: string;
}
