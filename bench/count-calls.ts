/**
 * Counts the server's calls of AWS by wrapping `send` of the SDK's clients, so that production code needs no counters. Retries on the wire
 * are not counted. Switched off while times are measured.
 */
import { SQSClient } from "@aws-sdk/client-sqs";
import { slotKey } from "../functions/aws/table/keys.ts";
import { TableClient } from "../functions/aws/table/table-client.ts";

export interface Counted {
  /** By command, e.g. `PutCommand`. */
  calls: Map<string, number>;
  /** Write units of items of the thread log. */
  slotUnits: number;
  slots: number;
}

interface Command {
  constructor: { name: string };
  input: { Item?: Item; TransactItems?: { Put?: { Item?: Item } }[]; ReturnConsumedCapacity?: string };
}
type Item = Record<string, unknown>;
type Send = (
  this: object,
  command: Command,
  ...rest: unknown[]
) => Promise<{ ConsumedCapacity?: { CapacityUnits?: number } }>;

const SLOTS = slotKey("", 0).pk;
const isSlot = (item: Item | undefined): item is Item => {
  const pk = item?.["pk"];
  return typeof pk === "string" && pk.startsWith(SLOTS);
};

/** Counts the calls of `work`. */
export async function countCalls(work: () => Promise<unknown>): Promise<Counted> {
  const counted: Counted = { calls: new Map(), slotUnits: 0, slots: 0 };
  const restore = [TableClient.prototype, SQSClient.prototype].map((prototype) => wrap(prototype, counted));
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return counted;
}

function wrap(prototype: object, counted: Counted): () => void {
  const inner: Send = Reflect.get(prototype, "send");
  const send: Send = async function send(command, ...rest) {
    const name = command.constructor.name;
    counted.calls.set(name, (counted.calls.get(name) ?? 0) + 1);
    const transacted = (command.input.TransactItems ?? []).map(({ Put }) => Put?.Item).filter(isSlot);
    counted.slots += transacted.length;
    for (const item of transacted) counted.slotUnits += 2 * Math.ceil(sizeOf(item) / 1_024);
    if (!isSlot(command.input.Item)) return inner.call(this, command, ...rest);
    counted.slots++;
    command.input.ReturnConsumedCapacity = "TOTAL";
    const answer = await inner.call(this, command, ...rest);
    counted.slotUnits += answer.ConsumedCapacity?.CapacityUnits ?? Number.NaN;
    return answer;
  };
  Reflect.set(prototype, "send", send);
  return () => void Reflect.set(prototype, "send", inner);
}

/** Bytes of an item, roughly as DynamoDB counts them: of a transaction it tells only the units per table, with each unit twice. */
const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + bytesOf(value), 0);
const bytesOf = (value: unknown): number =>
  typeof value === "string" ? Buffer.byteLength(value) : value instanceof Uint8Array ? value.length : 8;
