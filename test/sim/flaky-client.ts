/**
 * The document client as the adapters see it, in front of the table in memory: latency, lost and late requests, throttling, conflicts,
 * stale reads, torn transactions, and the repetitions of the SDK. Must not know what is written.
 */
import { DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { Unclear } from "../../functions/core/failure/failure.ts";
import { REQUEST_TIMEOUT } from "../../functions/aws/table/limits.ts";
import { classified } from "../../functions/aws/table/classify-failures.ts";
import type { TableClient } from "../../functions/aws/table/table-client.ts";
import type { Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import {
  canceled,
  checked,
  type Command,
  conflict,
  readBatch,
  readOne,
  readPage,
  readTransaction,
  transactWrites,
  writeBatch,
  writeOne,
} from "./operations.ts";
import type { Table, Write } from "./table.ts";
import type { Actor, VirtualTime } from "./virtual-time.ts";

export type Send = (command: Command) => Promise<unknown>;

export interface Network {
  time: VirtualTime;
  table: Table;
  dice: Dice;
  faults: Faults;
  trace: (text: () => string) => void;
  /** A request of this actor took so long, or failed for good. */
  onTrouble: (actor: Actor, ms: number) => void;
  /** An update of this run's row got no answer that says what became of it. */
  onUnclear: (run_id: string) => void;
  /** This actor dies now. */
  onDeath: (actor: Actor) => void;
}

/** A call that failed for good in every attempt: it may have been carried out. */
export class Unanswered extends Error {
  override name = "Unanswered";
}

/** Errors that a network or the table makes; any other is a defect of the code that ran into it. */
export const isExpected = (error: unknown): boolean => error instanceof Unclear;

type Fate = "ok" | "lost" | "fail" | "late" | "throttle" | "conflict";

/** Attempts of the SDK for one call, by default. */
const ATTEMPTS = 3;
/** ms. */
const LATE = 60_000;
const STALE = 1_500;
const TORN = 12;

/** Failures come out of it as out of the real client. */
export const asClient = (send: Send) =>
  ({
    send: (command: Command) =>
      send(command).catch((error: unknown) => {
        throw classified(error);
      }),
  }) as unknown as TableClient;

export function createSend(network: Network): Send {
  const { time } = network;
  return (command) => {
    const { actor } = time;
    if (!actor) throw new Error("a request of nobody");
    if (actor.dead) return new Promise(() => undefined);
    return new Promise((resolve, reject) => new Call(network, actor, command, resolve, reject).attempt(1));
  };
}

class Call {
  readonly #network: Network;
  readonly #actor: Actor;
  readonly #command: Command;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: Error) => void;
  readonly #since: number;
  /** The invocation may be over when the request arrives. */
  readonly #by: string;
  /** A transaction that was carried out answers its repetition as it did the first time: the SDK sends one token. */
  #done = false;

  constructor(
    network: Network,
    actor: Actor,
    command: Command,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    this.#network = network;
    this.#actor = actor;
    this.#command = command;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#since = network.time.now;
    this.#by = actor.name;
  }

  attempt(n: number): void {
    const { time, dice, faults } = this.#network;
    if (isOfCheckpoints(this.#command) && dice.chance(faults.orphaned)) return this.#orphan();
    const fate = this.#fate();
    const there = this.#latency();
    const back = this.#latency();
    const quick = dice.chance(0.6);
    if (fate !== "ok" && this.#command instanceof UpdateCommand) this.#noteUnclear(this.#command);
    const fail = (name: string): void => this.#failed(n, name, quick ? there + back : REQUEST_TIMEOUT);
    switch (fate) {
      case "fail":
        return fail("InternalServerError");
      case "throttle":
        return this.#failed(n, "ThrottlingException", there + back);
      case "late":
        time.after(dice.between(REQUEST_TIMEOUT, LATE), undefined, () => this.#carryOut(undefined, "late"));
        return this.#failed(n, "TimeoutError", REQUEST_TIMEOUT);
      case "lost":
        time.after(there, undefined, () => this.#carryOut(undefined, "answer lost"));
        return fail("InternalServerError");
      case "conflict":
      case "ok": {
        const answer = faults.slow && dice.chance(faults.slow) ? dice.between(1_000, REQUEST_TIMEOUT - 500) : back;
        time.after(there, undefined, () =>
          this.#carryOut((error, value) => {
            time.after(answer, this.#actor, () => (error ? this.#settleError(error) : this.#settle(value)));
          }, fate),
        );
      }
    }
  }

  #orphan(): void {
    const { time, dice, onDeath } = this.#network;
    onDeath(this.#actor);
    time.after(dice.between(0, LATE), undefined, () => this.#carryOut(undefined, "orphaned"));
  }

  #fate(): Fate {
    const { dice, faults } = this.#network;
    const roll = dice.next();
    let limit = 0;
    for (const fate of ["lost", "fail", "late", "throttle", "conflict"] as const) {
      limit += faults[fate];
      if (roll < limit) return fate === "conflict" && !meetsTransactions(this.#command) ? "ok" : fate;
    }
    return "ok";
  }

  #latency(): number {
    const { dice } = this.#network;
    return dice.chance(0.05) ? dice.between(10, 400) : dice.between(1, 8);
  }

  #failed(n: number, name: string, ms: number): void {
    const { time, dice } = this.#network;
    time.after(ms, this.#actor, () => {
      if (n >= ATTEMPTS) return this.#settleError(new Unanswered(name));
      time.after(dice.next() * 100 * 2 ** n, this.#actor, () => this.attempt(n + 1));
    });
  }

  #noteUnclear({ input }: UpdateCommand): void {
    const sk = String(input.Key?.["sk"]);
    if (sk.startsWith("R#")) this.#network.onUnclear(sk.slice("R#".length));
  }

  #settle(value: unknown): void {
    this.#noteTrouble();
    this.#resolve(value);
  }

  #settleError(error: Error): void {
    this.#noteTrouble();
    this.#reject(error);
  }

  #noteTrouble(): void {
    const ms = this.#network.time.now - this.#since;
    if (ms > REQUEST_TIMEOUT / 2) this.#network.onTrouble(this.#actor, ms);
  }

  /** At the table. Without `answer` nobody hears of it. */
  #carryOut(answer: Answer | undefined, fate: string): void {
    const { table, time, trace } = this.#network;
    const command = this.#command;
    const by = this.#by;
    try {
      if (!answer && isWrite(command)) trace(() => `${by}: ${fate}`);
      if (command instanceof TransactWriteCommand) return this.#transact(command, answer, fate);
      if (fate === "conflict") throw conflict();
      // Carried out whether anybody hears of it or not.
      const result = isSingleWrite(command) ? writeOne(table, command, time.now, by) : this.#batchOrRead(command);
      answer?.(undefined, result);
    } catch (error) {
      // What is no answer of DynamoDB is a request that it would not understand, or that this table does not: a defect.
      if (!(error instanceof DynamoDBServiceException)) throw error;
      trace(() => `${by}: ${command.constructor.name} ${error.name}`);
      answer?.(error, undefined);
    }
  }

  #batchOrRead(command: Exclude<Command, SingleWrite | TransactWriteCommand>): unknown {
    const { table, dice, faults, time } = this.#network;
    const isLeft = (): boolean => dice.chance(faults.unprocessed);
    const asOf = (consistent: boolean | undefined): number =>
      !consistent && dice.chance(faults.stale) ? time.now - dice.next() * STALE : Infinity;
    if (command instanceof BatchWriteCommand) return writeBatch(table, command, isLeft, time.now, this.#by);
    if (command instanceof GetCommand) return readOne(table, command, asOf(command.input.ConsistentRead));
    if (command instanceof TransactGetCommand) return readTransaction(table, command);
    if (command instanceof BatchGetCommand) {
      const [of] = Object.values(command.input.RequestItems ?? {});
      return readBatch(table, command, isLeft, asOf(of?.ConsistentRead));
    }
    const most = isLeft() ? 1 + dice.below(3) : undefined;
    return readPage(table, command, asOf(command.input.ConsistentRead), most);
  }

  /** All or nothing; but who reads meanwhile may see a part of it, as DynamoDB has it for everything but transactions. */
  #transact(command: TransactWriteCommand, answer: Answer | undefined, fate: string): void {
    const { table, time, dice, faults } = this.#network;
    const by = this.#by;
    if (this.#done) return answer?.(undefined, {});
    const writes = transactWrites(command.input);
    if (fate === "conflict") throw canceled(writes.map((_, i) => (i === 0 ? "TransactionConflict" : undefined)));
    checked(table, writes);
    this.#done = true;
    table.lock(writes);
    let left = writes.length;
    const arrive = (write: Write): void => {
      table.apply(write, time.now, by);
      if (--left > 0) return;
      table.unlock(writes);
      answer?.(undefined, {});
    };
    const isTorn = dice.chance(faults.torn);
    for (const write of writes)
      if (isTorn) time.after(dice.next() * TORN, undefined, () => arrive(write));
      else arrive(write);
  }
}

type Answer = (error: Error | undefined, value: unknown) => void;
type SingleWrite = PutCommand | UpdateCommand | DeleteCommand;

const isSingleWrite = (command: Command): command is SingleWrite =>
  command instanceof PutCommand || command instanceof UpdateCommand || command instanceof DeleteCommand;

const isOfCheckpoints = (command: Command): boolean => isSingleWrite(command) && pkOf(command).startsWith("C#");

/** Checkpoints are in no transaction, so nothing is ever in their way. */
const meetsTransactions = (command: Command): boolean =>
  command instanceof TransactWriteCommand || (isSingleWrite(command) && !isOfCheckpoints(command));

const pkOf = ({ input }: SingleWrite): string => String(("Key" in input ? input.Key : input.Item)?.["pk"]);

const isWrite = (command: Command): boolean => isSingleWrite(command) || command instanceof TransactWriteCommand;
