/** The graph of three nodes, run by the project's own LangGraph, over workers that share a table, a clock and a queue. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createItemStore } from "../../functions/aws/store/item-store.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { LEASE, SWEEP_EVERY } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { createEngine } from "../../functions/engine/create-engine.ts";
import { compileProject } from "../../packaging/compile-project.ts";
import { type CorePorts, corePorts } from "../support/core-ports.ts";
import type { TestTable } from "../support/dynamodb.ts";
import { PATIENCE } from "../support/patience.ts";
import { startPythonSteps } from "./python-steps.ts";
import { created, host } from "../support/run-steps.ts";

type Listener = (node: string) => Promise<void> | void;

export interface StepsProject {
  /** Of its manifest. */
  folder: string;
  /** A process beside others; the first of its system without `beside`. */
  process(table: TestTable, beside?: CorePorts): Promise<CorePorts>;
  /** Called by every node of the thread as it begins; the node waits for it. */
  onNode(thread_id: string, listener: Listener): void;
  /** Names of the nodes that began on the thread, in order. */
  nodes(thread_id: string): string[];
  /** Of Python: kills the process that runs the graphs, beside the worker. */
  killChild?: () => Promise<void>;
  close(): Promise<void>;
}

export const NODES = ["a", "b", "c"];

/**
 * In Python with TEST_PYTHON, the interpreter.
 * @param config of the deployment: `langgraph`, or one of those that come after it
 */
export async function openSteps(config = "langgraph"): Promise<StepsProject> {
  const out = path.join(await mkdtemp(path.join(tmpdir(), "threadline-faults-")), "build");
  const interpreter = process.env["TEST_PYTHON"];
  const file = `./graphs/${interpreter ? "python/" : ""}${config}.json`;
  const manifest = await compileProject({ config: fileURLToPath(new URL(file, import.meta.url)), out });
  const listeners = new Map<string, Listener>();
  const ran = new Map<string, string[]>();
  const nodeRuns = (node: string, thread_id: string) => {
    ran.set(thread_id, [...(ran.get(thread_id) ?? []), node]);
    return listeners.get(thread_id)?.(node);
  };
  if (config === "langgraph") Object.assign(globalThis, { nodeRuns });
  const steps = interpreter ? await startPythonSteps(interpreter, manifest, nodeRuns) : undefined;
  return {
    folder: out,
    async process(table, beside) {
      const ports = corePorts(table, () => Promise.reject(new Error("the engine is LangGraph's")), beside);
      const { checkpoints, clock, logger } = ports;
      const items = createItemStore({ ...table, clock });
      const python = steps ? { python: steps.children } : {};
      const engine = await createEngine({
        project: out,
        checkpoints,
        items,
        clock,
        logger,
        errorDetail: "show",
        // The first import of LangGraph, beside those of other files.
        loadTimeoutMs: 2 * PATIENCE,
        ...python,
      });
      return { ...ports, engine };
    },
    onNode: (thread_id, listener) => void listeners.set(thread_id, listener),
    nodes: (thread_id) => ran.get(thread_id) ?? [],
    ...(steps && { killChild: () => steps.kill() }),
    async close() {
      await steps?.close();
      await rm(path.dirname(out), { recursive: true, force: true });
    },
  };
}

export const aRun = (ports: CorePorts, thread_id: string, fields: object = {}) =>
  created(ports, thread_id, { assistant_id: "steps", input: {}, stream_mode: ["updates", "custom"], ...fields });

/** More rounds than any run needs: three claims without progress, each a sweep apart. */
const ROUNDS = 10;

/**
 * What becomes of a thread without anybody's help: messages are delivered, time passes, the sweeper runs, until no run is active.
 * @returns ms of the clock until then
 */
export async function settle(ports: CorePorts, thread_id: string): Promise<number> {
  const since = ports.clock.now();
  for (let round = 0; round < ROUNDS; round++) {
    await deliverAll(ports);
    const thread = await ports.threads.get(thread_id);
    if (!thread || thread.active_run === null) break;
    ports.advance(round === 0 ? LEASE + 1 : SWEEP_EVERY);
    await sweep(ports);
  }
  return ports.clock.now() - since;
}

/** Every message of the queue to one worker, one after the other; one whose handling throws comes again, a few times. */
export async function deliverAll(ports: CorePorts): Promise<void> {
  const receives = new Map<RunRef, number>();
  for (let ref = ports.sent.shift(); ref; ref = ports.sent.shift()) {
    const message = ref;
    const count = (receives.get(message) ?? 0) + 1;
    receives.set(message, count);
    await handleMessage(ports, message, host).catch(() => {
      if (count < 3) ports.sent.push(message);
    });
  }
}

/** Systems side by side: a few, for leases run in real time, and the machine may be busy. */
const AT_ONCE = 6;

/** What became of each, in order. */
export async function eachOf<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE)
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(run))));
  return results;
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
