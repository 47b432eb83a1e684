/** The port RunPermits on DynamoDB: one item per permit, one partition per caller; a query and a write for each run that is created. */
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { RunPermits } from "../../core/concurrency/run-permits.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { permitOfRun, runPermitIsFree } from "../table/conditions.ts";
import { ttlAt } from "../table/expiry.ts";
import { queryAll, type Table } from "../table/item-batches.ts";
import { runPermitKey, runPermitsKey } from "../table/keys.ts";
import { RUN_PERMIT_LIFETIME } from "../table/limits.ts";
import { conditional } from "../table/update-expression.ts";

const Stored = z.object({ sk: z.string(), run_id: z.string(), thread_id: z.string(), taken_at: z.number() });

export function createRunPermits({ client, table: TableName, clock }: Table): RunPermits {
  return {
    async of(holder) {
      const items = await queryAll({ client, table: TableName, clock }, { pk: runPermitsKey(holder), prefix: "" });
      return items.map((item) => {
        const { sk, taken_at, ...run } = Stored.parse(item);
        return { number: Number(sk), run, taken_at };
      });
    },
    async take({ holder, number, run, taken_at, over }) {
      const Item = { ...runPermitKey(holder, number), ...run, taken_at, ttl: ttlAt(taken_at + RUN_PERMIT_LIFETIME) };
      const free = runPermitIsFree(run.run_id, over?.run.run_id);
      const command = new PutCommand({ TableName, Item, ...conditional(free) });
      const written = await attemptWrite(clock, () => client.send(command));
      return written.kind === "ok" ? "taken" : "lost";
    },
    async giveBack({ holder, number, run: { run_id } }) {
      const Key = runPermitKey(holder, number);
      const command = new DeleteCommand({ TableName, Key, ...conditional(permitOfRun(run_id)) });
      await attemptWrite(clock, () => client.send(command)).catch(() => undefined);
    },
  };
}
