/** Makes the event with which Lambda hands one message to the worker. */
import type { Message } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";

export const invocationOf = (message: Message): SQSEvent => ({ Records: [toRecord(message)] });

const toRecord = (message: Message): SQSEvent["Records"][number] => ({
  messageId: message.MessageId ?? "",
  receiptHandle: message.ReceiptHandle ?? "",
  body: message.Body ?? "",
  attributes: {
    ApproximateReceiveCount: message.Attributes?.ApproximateReceiveCount ?? "1",
    SentTimestamp: message.Attributes?.SentTimestamp ?? "",
    SenderId: message.Attributes?.SenderId ?? "",
    ApproximateFirstReceiveTimestamp: message.Attributes?.ApproximateFirstReceiveTimestamp ?? "",
  },
  messageAttributes: {},
  md5OfBody: message.MD5OfBody ?? "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:threadline",
  awsRegion: "us-east-1",
});
