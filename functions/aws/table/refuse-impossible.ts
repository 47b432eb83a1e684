/**
 * Writes that the table refuses whatever it holds: an item over 400 KB, a transaction over 4 MB. To repeat one is wrong, so it leaves the
 * client as an error of its own. Must not know what is written.
 */
import { type DynamoDBClient, DynamoDBServiceException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { Impossible } from "../../core/failure.ts";

export function refuseImpossible(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        throw isImpossible(error) ? new Impossible(`the table refuses it: ${textOf(error)}`, { cause: error }) : error;
      }
    },
    { step: "initialize", name: "refuseImpossible" },
  );
}

const isInvalid = ({ Code }: { Code?: string | undefined }): boolean => Code === "ValidationError";

const isImpossible = (error: unknown): error is DynamoDBServiceException =>
  error instanceof DynamoDBServiceException &&
  (error.name === "ValidationException" ||
    (error instanceof TransactionCanceledException && (error.CancellationReasons ?? []).some(isInvalid)));

const textOf = (error: DynamoDBServiceException): string =>
  (error instanceof TransactionCanceledException && error.CancellationReasons?.find(isInvalid)?.Message) ||
  error.message;
