/** Sends a conditional write and returns a failed condition as a value (design 2). The only file that knows the SDK's exceptions for it. */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import { Unclear } from "../../core/failure/failure.ts";
import type { Clock } from "../../core/ports.ts";
import { MET_TRANSACTION, startTries } from "../../core/failure/retry.ts";

export type Attempt<T> =
  | { kind: "ok"; value: T }
  | { kind: "refused"; item: Record<string, AttributeValue> | undefined };

/**
 * A single conditional write, repeated if it collided with a transaction on the same item: the SDK does not do that.
 * @throws Unclear or Impossible for any other failure
 */
export async function attemptWrite<T>(clock: Clock, write: () => Promise<T>): Promise<Attempt<T>> {
  const tries = startTries(MET_TRANSACTION, clock);
  for (;;) {
    try {
      return { kind: "ok", value: await write() };
    } catch (error) {
      const cause = causeOfUnclear(error);
      if (cause instanceof ConditionalCheckFailedException) return { kind: "refused", item: cause.Item };
      if (!(cause instanceof TransactionConflictException)) throw error;
      await tries.again(error);
    }
  }
}

/** A transaction. `refused`: a condition failed or another transaction held the same rows; the caller reads again and decides again. */
export async function attemptTransaction(write: () => Promise<unknown>): Promise<"ok" | "refused"> {
  try {
    await write();
    return "ok";
  } catch (error) {
    const cause = causeOfUnclear(error);
    const reasons = cause instanceof TransactionCanceledException ? (cause.CancellationReasons ?? []) : [];
    const codes = reasons.map(({ Code = "None" }) => Code).filter((code) => code !== "None");
    const races = new Set(["ConditionalCheckFailed", "TransactionConflict"]);
    if (codes.length && codes.every((code) => races.has(code))) return "refused";
    throw error;
  }
}

/** The table's own error (classify-failures.ts). */
const causeOfUnclear = (error: unknown): unknown => (error instanceof Unclear ? error.cause : undefined);
