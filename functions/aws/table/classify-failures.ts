/**
 * Maps failures of the table to what ports throw: `Impossible` where repeating is wrong (an item over 400 KB, a missing right, an invalid
 * call), `Unclear` for the rest. The SDK's error is the cause.
 */
import { DynamoDBServiceException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { Impossible, Unclear } from "../../core/failure/failure.ts";

/** @returns what the port throws instead of `error` */
export function classified(error: unknown): Unclear | Impossible {
  if (error instanceof Unclear || error instanceof Impossible) return error;
  if (isImpossible(error)) return new Impossible(`the table refuses it: ${textOf(error)}`, { cause: error });
  return new Unclear(error instanceof Error ? `${error.name}: ${error.message}` : String(error), { cause: error });
}

/** Errors of DynamoDB by which a call fails each time until somebody changes the call. */
const WRONG_CALLS = new Set(["ValidationException", "SerializationException", "UnknownOperationException"]);

/** The same until somebody changes the deployment. Their texts name roles, accounts and tables. */
const WRONG_DEPLOYMENTS = new Set([
  "AccessDeniedException",
  "ResourceNotFoundException",
  "UnrecognizedClientException",
  "MissingAuthenticationTokenException",
]);

const isImpossible = (error: unknown): error is Error =>
  (error instanceof DynamoDBServiceException &&
    (WRONG_CALLS.has(error.name) || WRONG_DEPLOYMENTS.has(error.name) || isInvalid(error))) ||
  isDefect(error);

/**
 * A defect of ours, an error of the language, recurs, too. An error about an answer is not one: half an answer, or a proxy's page, cannot
 * be parsed, and the call may have been carried out. The SDK marks those with `$metadata`.
 */
const isDefect = (error: unknown): error is Error =>
  (error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError ||
    (error instanceof TypeError && !("code" in error))) &&
  !("$metadata" in error);

const isInvalid = (error: DynamoDBServiceException): error is TransactionCanceledException =>
  error instanceof TransactionCanceledException && reasonsOf(error).includes("ValidationError");

const reasonsOf = ({ CancellationReasons = [] }: TransactionCanceledException): string[] =>
  CancellationReasons.map(({ Code = "None" }) => Code);

/** For clients. */
const textOf = (error: Error): string =>
  (WRONG_DEPLOYMENTS.has(error.name) && error.name) ||
  (error instanceof TransactionCanceledException &&
    error.CancellationReasons?.find(({ Code }) => Code === "ValidationError")?.Message) ||
  error.message;
