/** What the adapters of the table are given. Must not grow by what only one of them needs. */
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clock, Wake } from "../core/ports.ts";

export interface TableOptions {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Clock;
  /** ms that slots are kept. */
  retentionMs: number;
  /** Where appender and reader share the process. */
  wake?: Wake;
}
