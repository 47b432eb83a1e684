/** What all adapters of the table are given. */
import type { Wake } from "../../core/log/log-port.ts";
import type { Clock } from "../../core/ports.ts";
import type { TableClient } from "./table-client.ts";

export interface TableOptions {
  client: Pick<TableClient, "send">;
  table: string;
  clock: Clock;
  /** ms that slots are kept. */
  retentionMs: number;
  /** Where appender and reader share the process. */
  wake?: Wake;
  /** A transaction costs no more than a put: slots of many runs are put together. */
  slotsTogether?: boolean;
}
