/** The real storage under the use cases, with a scripted engine and a queue that only notes what was sent: for tests of core/. */
import { randomUUID } from "node:crypto";
import { createAssistants } from "../../functions/aws/assistant/assistants.ts";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { createStateUpdates } from "../../functions/aws/checkpoint/state-updates.ts";
import { createCrons } from "../../functions/aws/cron/crons.ts";
import { createThreadLog } from "../../functions/aws/log/thread-log.ts";
import { createInputs } from "../../functions/aws/run/inputs.ts";
import { createRuns } from "../../functions/aws/run/runs.ts";
import { createThreads } from "../../functions/aws/thread/threads.ts";
import { createWebhooks } from "../../functions/aws/webhook/webhooks.ts";
import { RETENTION } from "../../functions/core/log/timings.ts";
import type { Ports } from "../../functions/core/ports.ts";
import type { Engine, Invocation, RunContext, RunOutcome } from "../../functions/core/run/execute/engine-port.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { createThread } from "../../functions/core/thread/create-thread.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { createWebhookSender } from "../../functions/outbound/webhook-sender.ts";
import { RunCreate } from "../../functions/protocol/run.ts";
import { ThreadCreate } from "../../functions/protocol/thread.ts";
import type { TestTable } from "./dynamodb.ts";

export type Script = (invocation: Invocation, context: RunContext) => Promise<RunOutcome>;

export interface CorePorts extends Ports {
  sent: RunRef[];
  /** ms that pass at once: leases run out without waiting, and whoever sleeps until then wakes. */
  advance(ms: number): void;
  /** ms that the wall clock is set forward or back: no time passes. */
  step(ms: number): void;
}

/** Real time with a shift: sleepers wake by their timer, or when the clock is put past their time. */
function shiftedClock(): Pick<CorePorts, "clock" | "advance" | "step"> {
  let shift = 0;
  let stepped = 0;
  let steppedAt = -Infinity;
  const monotonic = () => performance.now() + shift;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    clock: {
      now: () => Date.now() + shift + stepped,
      monotonic,
      steadyFor: () => monotonic() - steppedAt,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const wake = (): void => {
            clearTimeout(timer);
            sleepers.delete(sleeper);
            signal?.removeEventListener("abort", wake);
            resolve();
          };
          const timer = setTimeout(wake, ms);
          const sleeper = { at: monotonic() + ms, wake };
          sleepers.add(sleeper);
          if (signal?.aborted) wake();
          else signal?.addEventListener("abort", wake, { once: true });
        }),
      turn: () => systemClock.turn(),
      schedule: (task, ms) => systemClock.schedule(task, ms),
      jitter: () => systemClock.jitter(),
    },
    advance(ms) {
      shift += ms;
      for (const { at, wake } of sleepers) if (at <= monotonic()) wake();
    },
    step(ms) {
      stepped += ms;
      steppedAt = monotonic();
    },
  };
}

const unused = () => Promise.reject(new Error("not part of this test"));

export function scriptedEngine(script: Script): Engine {
  return {
    graphs: () => [{ graph_id: "scripted", description: null }],
    langgraphVersion: () => "1.7.3",
    store: () => {
      throw new Error("not part of this test");
    },
    builtAt: () => "2026-01-01T00:00:00.000Z",
    http: () => ({}),
    auth: () => undefined,
    app: () => undefined,
    ui: () => Promise.resolve(undefined),
    threadTtl: () => undefined,
    load: () => Promise.resolve(),
    sampleInput: () => Promise.resolve({}),
    draw: unused,
    schemas: unused,
    subgraphs: unused,
    importGraphs: () => Promise.resolve(),
    run: script,
    values: () => Promise.resolve({}),
    state: unused,
    history: unused,
    update: unused,
    close: () => undefined,
  };
}

/** @param beside another process of the same system: the clock and the queue are one, what processes remember is not */
export function corePorts(
  { client, table }: Pick<TestTable, "client" | "table">,
  script: Script,
  beside?: CorePorts,
): CorePorts {
  const { clock, advance, step } = beside ?? shiftedClock();
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const options = { client, table, clock, retentionMs: RETENTION };
  const sent = beside?.sent ?? [];
  return {
    clock,
    ids: { uuid7: () => randomUUID(), nonce: () => randomUUID().slice(0, 12) },
    logger: quiet,
    log: createThreadLog(options),
    threads: createThreads(options),
    runs: createRuns(options),
    inputs: createInputs(options),
    checkpoints: createCheckpointStore(options),
    assistants: createAssistants(options),
    updates: createStateUpdates(options),
    crons: createCrons(options),
    webhooks: createWebhooks(options),
    sender: createWebhookSender({ hosts: "any", clock, secret: async () => "test secret" }),
    queue: { send: (ref) => Promise.resolve(void sent.push(ref)) },
    engine: scriptedEngine(script),
    sent,
    advance,
    step,
  };
}

export const runBody = (fields: object = {}) => RunCreate.parse({ assistant_id: "scripted", ...fields });

export async function aThread(ports: CorePorts): Promise<string> {
  const result = await createThread(ports, ThreadCreate.parse({}));
  if (result.kind !== "created") throw new Error(result.kind);
  return result.row.thread_id;
}
