/**
 * Counts what the server's calls of DynamoDB consume, by thread, from the ConsumedCapacity of their answers. `send` of the SDK's client is
 * wrapped for it; production code counts nothing.
 */
import { TableClient } from "../../functions/aws/table/table-client.ts";

export interface Consumed {
  /** Request units, indexes included, transactions as they are charged. */
  writes: number;
  reads: number;
}

interface Capacity {
  CapacityUnits?: number;
}
interface Command {
  constructor: { name: string };
  input: { ReturnConsumedCapacity?: string };
}
type Send = (
  this: object,
  command: Command,
  ...rest: unknown[]
) => Promise<{ ConsumedCapacity?: Capacity | Capacity[] }>;

const READS = /^(Get|BatchGet|Query|Scan|TransactGet)/;

export class Meter {
  readonly #byThread = new Map<string, Consumed>();
  readonly #restore: () => void;

  constructor() {
    this.#restore = wrap(TableClient.prototype, async (send, command) => {
      command.input.ReturnConsumedCapacity = "TOTAL";
      const answer = await send();
      const units = [answer.ConsumedCapacity ?? []].flat().reduce((sum, one) => sum + (one.CapacityUnits ?? 0), 0);
      this.#of(command)[READS.test(command.constructor.name) ? "reads" : "writes"] += units;
      return answer;
    });
  }

  /** The consumption for a thread; "" for calls without a thread. */
  of(thread_id: string): Consumed {
    return { ...(this.#byThread.get(thread_id) ?? nothing()) };
  }

  stop(): void {
    this.#restore();
  }

  #of({ input }: Command): Consumed {
    const id = /"[TLC]#([0-9a-f-]{36})/.exec(namesIn(input))?.[1] ?? "";
    const consumed = this.#byThread.get(id) ?? nothing();
    this.#byThread.set(id, consumed);
    return consumed;
  }
}

const nothing = (): Consumed => ({ writes: 0, reads: 0 });

/** All strings of a request, without its payloads. */
const namesIn = (input: object): string =>
  JSON.stringify(input, (_, value: unknown) => (value instanceof Uint8Array ? "" : value));

function wrap(
  prototype: object,
  around: (send: () => ReturnType<Send>, command: Command) => ReturnType<Send>,
): () => void {
  const inner: Send = Reflect.get(prototype, "send");
  const send: Send = function send(command, ...rest) {
    return around(() => inner.call(this, command, ...rest), command);
  };
  Reflect.set(prototype, "send", send);
  return () => void Reflect.set(prototype, "send", inner);
}
