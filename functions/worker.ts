/** The worker Lambda: claims and executes the runs that messages of the run queue name. */
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { z } from "zod";
import { type Env, readEnv } from "./aws/env.ts";
import { once } from "./core/once.ts";
import { handleMessage } from "./core/run/execute/handle-message.ts";
import { createPorts, type Host } from "./host/backend.ts";
import { lambdaHost, measured, surviveRejections } from "./host/lambda-host.ts";
import { importGraphs, inInit, openConnection } from "./host/lambda-init.ts";
import { startOwnServer } from "./host/own-server.ts";
import { handOverBefore } from "./host/timings.ts";

export type WorkerHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

const Message = z.object({ thread_id: z.string(), run_id: z.string() });

/** Returns the messages whose handling threw, so that SQS delivers them again and finally moves them to the dead-letter queue. */
export async function create(env: Env, host: Host): Promise<WorkerHandler> {
  const ports = await createPorts(env, host);
  return async (event, context) => {
    const drain = new AbortController();
    const handOver = (): void => drain.abort();
    host.stopping?.addEventListener("abort", handOver);
    // Read once: the runtime computes it from the wall clock, which may step.
    const time = context.getRemainingTimeInMillis();
    const since = ports.clock.monotonic();
    const cancelHandOver = ports.clock.schedule(handOver, time - handOverBefore(time));
    const timeLeft = () => since + time - ports.clock.monotonic();
    const { stopping, waitUntil } = host;
    const runHost = {
      drain: drain.signal,
      flushMs: env.flushMs,
      timeLeft,
      ...(stopping && { stopping }),
      ...(waitUntil && { waitUntil }),
    };
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    for (const { body, messageId } of event.Records) {
      try {
        await handleMessage(ports, Message.parse(JSON.parse(body)), runHost);
      } catch (error) {
        ports.logger.error("message failed", { message_id: messageId, error: String(error) });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    cancelHandOver();
    host.stopping?.removeEventListener("abort", handOver);
    return { batchItemFailures };
  };
}

const built = once(async () => {
  const env = readEnv(process.env);
  const host = await lambdaHost(env, { units: true });
  surviveRejections(host.logger);
  const worker = await create(env, host);
  await startOwnServer(env, host);
  return { handle: measured(worker, host), ports: await createPorts(env, host) };
});
export const handler: WorkerHandler = async (event, context) => (await built()).handle(event, context);

await inInit(async (signal) => {
  const { ports } = await built();
  await Promise.all([openConnection(ports), importGraphs(ports, signal)]);
});
