/** Which failures of the table are repeated. */
import { DynamoDBServiceException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { classified } from "../../functions/aws/table/classify-failures.ts";
import { Impossible, Unclear } from "../../functions/core/failure.ts";

const metadata = { $metadata: {}, message: "said by the table" };
const service = (name: string): DynamoDBServiceException =>
  new DynamoDBServiceException({ ...metadata, name, $fault: "client" });
const canceled = (...codes: string[]): TransactionCanceledException =>
  new TransactionCanceledException({ ...metadata, CancellationReasons: codes.map((Code) => ({ Code })) });

it.each([
  service("ValidationException"),
  service("AccessDeniedException"),
  service("ResourceNotFoundException"),
  canceled("None", "ValidationError"),
  canceled("ConditionalCheckFailed", "ValidationError"),
  new TypeError("Cannot read properties of undefined"),
  new RangeError("Invalid string length"),
])("%s is impossible: repeating it is wrong", (error) => {
  const thrown = classified(error);

  expect(thrown).toBeInstanceOf(Impossible);
  expect(thrown).toMatchObject({ cause: error });
});

it.each([
  service("InternalServerError"),
  service("ThrottlingException"),
  service("ProvisionedThroughputExceededException"),
  service("ExpiredTokenException"),
  canceled("None", "ThrottlingError"),
  canceled("TransactionConflict", "None"),
  Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
  Object.assign(new Error("time-out"), { name: "TimeoutError" }),
])("%s is unclear: the same again is right", (error) => {
  const thrown = classified(error);

  expect(thrown).toBeInstanceOf(Unclear);
  expect(thrown).toMatchObject({ cause: error });
});
