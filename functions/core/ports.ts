/**
 * The ports: everything outside the use cases, one interface each. Expected races are return values; they throw `Unclear` or `Impossible`
 * (failure.ts). Must not name AWS, HTTP or LangGraph.
 */
import type { Assistants } from "./assistant/assistant-port.ts";
import type { RunLimit } from "./concurrency/run-permits.ts";
import type { CheckpointStore } from "./checkpoint/checkpoint-port.ts";
import type { StateUpdates } from "./checkpoint/update-port.ts";
import type { Crons } from "./cron/cron-port.ts";
import type { ThreadLog } from "./log/log-port.ts";
import type { MetricName } from "./metrics/metric-names.ts";
import type { Tally } from "./metrics/tally-port.ts";
import type { Engine } from "./run/execute/engine-port.ts";
import type { Inputs, Pacemaker, RunQueue, Runs } from "./run/run-ports.ts";
import type { Threads } from "./thread/thread-port.ts";
import type { Webhooks, WebhookSender } from "./webhook/webhook-ports.ts";

/**
 * Two clocks: the wall clock, for stamps and for leases that other hosts read, which may step either way; and a monotonic one, for
 * durations.
 */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** ms since some moment of this process. Not comparable between processes. */
  monotonic(): number;
  /** ms since the wall clock last stepped, as far as this process has seen. */
  steadyFor(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves when the event loop has turned: after all that is ready to run now. */
  turn(): Promise<void>;
  /**
   * Calls `task` once: after `ms`, or without `ms` at the end of this turn of the event loop.
   * @returns what cancels it
   */
  schedule(task: () => void, ms?: number): () => void;
  /** Random share of a pause, 0 to 1, so that writers that collided do not collide again. */
  jitter(): number;
}

export interface Ids {
  /** Time-ordered UUID, version 7. */
  uuid7(): string;
  /** 12 random characters. */
  nonce(): string;
}

/** Structured lines, one per state change; never message content. */
export interface Logger {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

/** Metrics of this server. Never throws, never waits. */
export interface Metrics {
  /** One sample. Samples of one metric are kept apart by `status`. */
  add(metric: MetricName, value: number, status?: string): void;
  /** Adds to the one sample of this invocation. */
  count(metric: MetricName, value: number): void;
}

/** What every use case is given; each names the ports that it uses by `Pick`. */
export interface Ports {
  clock: Clock;
  ids: Ids;
  logger: Logger;
  log: ThreadLog;
  threads: Threads;
  runs: Runs;
  inputs: Inputs;
  webhooks: Webhooks;
  sender: WebhookSender;
  queue: RunQueue;
  checkpoints: CheckpointStore;
  assistants: Assistants;
  updates: StateUpdates;
  crons: Crons;
  engine: Engine;
  /** Absent = nothing is measured. */
  tally?: Tally;
  /** Absent = a caller may have any number of runs. */
  runLimit?: RunLimit;
  /** Without it, a node that blocks the event loop longer than the lease loses its run. */
  pacemaker?: Pacemaker;
}
