/** Counts the write units that a client's calls cost. */
import type { TableClient } from "./table-client.ts";

const WRITES = /^(?:Put|Update|Delete|BatchWrite|TransactWrite)/;

interface Consumed {
  ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
}

/** For a client that has not been used yet. `count` gets the units of each write, those of indexes included. */
export function countWriteUnits({ client }: TableClient, count: (units: number) => void): void {
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (!WRITES.test(commandName)) return next(args);
        const answered = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
        const { ConsumedCapacity = [] } = answered.output as Consumed;
        for (const { CapacityUnits = 0 } of [ConsumedCapacity].flat()) count(CapacityUnits);
        return answered;
      },
    { step: "initialize", name: "measureUnits", priority: "high" },
  );
}
