/**
 * The run queue of a server that is one process: a send is an invocation, at once or after its delay. SQS and its emulator took a quarter
 * of a short run's CPU. Messages may be lost at a stop, because the queue is a hint; failed invocations are repeated by the sweep.
 */
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Logger } from "../functions/core/ports.ts";
import type { RunQueue } from "../functions/core/run/run-ports.ts";
import { invocationOf } from "./invocation-of.ts";
import { createSlots } from "./invocation-slots.ts";
import { LOCAL_CONCURRENCY } from "./timings.ts";

export type Invoke = (event: SQSEvent) => Promise<SQSBatchResponse | undefined>;

export interface LocalQueue extends RunQueue {
  /** Invokes for each message from now on, beginning with those that wait. */
  serve(invoke: Invoke): { stop(): Promise<void> };
}

export function createLocalQueue(logger: Logger, concurrency = LOCAL_CONCURRENCY): LocalQueue {
  const slots = createSlots(concurrency);
  const delays = new Set<NodeJS.Timeout>();
  const serving = Promise.withResolvers<Invoke>();
  let sent = 0;
  let stopped = false;

  const run = async (event: SQSEvent): Promise<void> => {
    const invoke = await serving.promise;
    await slots.take(1);
    try {
      // In the next turn of the event loop, so that the request that sent the message is answered first.
      await new Promise((resolve) => setImmediate(resolve));
      if (!stopped) await invoke(event);
    } catch (error) {
      if (!stopped) logger.warn("invocation failed", { error: String(error) });
    } finally {
      slots.give(1);
    }
  };

  return {
    send(ref, delayMs = 0) {
      const event = invocationOf({ MessageId: String(++sent), Body: JSON.stringify(ref) });
      if (delayMs <= 0) void run(event);
      else {
        const timer = setTimeout(() => {
          delays.delete(timer);
          void run(event);
        }, delayMs);
        delays.add(timer);
      }
      return Promise.resolve();
    },
    serve(invoke) {
      serving.resolve(invoke);
      return {
        stop() {
          stopped = true;
          for (const timer of delays) clearTimeout(timer);
          return Promise.resolve();
        },
      };
    },
  };
}
