/** Run inputs: immutable bytes in parts, apart from the run row, which stays small whatever the input (design 2). */
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { PART_BYTES } from "../../core/checkpoint/limits.ts";
import { cutPayload } from "../../core/log/slot-payload.ts";
import type { Inputs } from "../../core/run/run-ports.ts";
import { expiry } from "../table/expiry.ts";
import { queryAll, writeBatch } from "../table/item-batches.ts";
import { inputKey } from "../table/keys.ts";
import type { TableOptions } from "../table/table-options.ts";

export function createInputs({ client, table, clock, retentionMs }: TableOptions): Inputs {
  const TableName = table;
  return {
    async put(run_id, bytes, logBegins) {
      const parts = cutPayload(bytes, PART_BYTES);
      const ttl = logBegins === undefined ? {} : { ttl: expiry(logBegins, retentionMs) };
      await Promise.all(
        parts.map((data, i) =>
          client.send(new PutCommand({ TableName, Item: { ...inputKey(run_id, i), data, ...ttl } })),
        ),
      );
      return parts.length;
    },

    async get(run_id, parts) {
      const items = await queryAll({ client, table, clock }, { pk: inputKey(run_id, 0).pk, prefix: "" });
      const found = items.flatMap(({ data }) => (data instanceof Uint8Array ? [data] : []));
      return found.length === parts ? Buffer.concat(found) : undefined;
    },

    remove: (run_id, parts) =>
      writeBatch(
        { client, table, clock },
        Array.from({ length: parts }, (_, part) => ({ remove: inputKey(run_id, part) })),
      ),
  };
}
