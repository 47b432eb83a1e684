/** An engine over a fixture project, compiled into a folder of its own, with a store and a sink that can be looked into. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { systemAssistantId } from "../../functions/core/assistant/system-assistants.ts";
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import type { LogEvent } from "../../functions/core/log/slot.ts";
import type { Engine, Invocation, RunContext, RunOutcome } from "../../functions/core/run/execute/engine-port.ts";
import { createEngine, type EngineOptions } from "../../functions/engine/create-engine.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { STREAM_ONLY } from "../../functions/core/stream/stream-only.ts";
import type { Json } from "../../functions/protocol/json.ts";
import type { Manifest } from "../../functions/protocol/manifest.ts";
import type { RunKwargs } from "../../functions/protocol/run.ts";
import { compileProject } from "../../packaging/compile-project.ts";
import type { Event } from "../flow/golden-normalise.ts";
import { openCheckpoints } from "./open-checkpoints.ts";

export type RunRequest = Partial<Omit<Invocation, "kwargs">> & {
  graph_id: string;
  kwargs: Partial<Record<keyof RunKwargs, unknown>>;
  context?: Partial<RunContext>;
  onEvent?: (event: LogEvent) => void;
};

export interface Emitted {
  outcome: RunOutcome;
  events: Event[];
  /** Name and urgency, in order. */
  urgencies: [name: string, urgency: string][];
}

export interface TestEngine {
  engine: Engine;
  /** Of the compiled project. */
  folder: string;
  checkpoints: CheckpointStore;
  lines: { message: string; fields: Record<string, unknown> }[];
  run(request: RunRequest): Promise<Emitted>;
  close(): Promise<void>;
}

const DEFAULTS: RunKwargs = {
  input: null,
  command: null,
  config: {},
  context: {},
  stream_mode: ["values"],
  interrupt_before: null,
  interrupt_after: null,
  webhook: null,
  feedback_keys: null,
  temporary: false,
  subgraphs: false,
  resumable: false,
  durability: null,
};

export const newRun = (): Pick<Invocation, "thread_id" | "run_id"> => ({
  thread_id: crypto.randomUUID(),
  run_id: crypto.randomUUID(),
});

/** What the next claim of a run is told that was handed over. */
export const handedOn = ({ events }: Pick<Emitted, "events">): Pick<Invocation, "handed_off" | "sent"> => ({
  handed_off: true,
  sent: JSON.stringify(events.findLast(([name]) => name === STREAM_ONLY.sent)?.[1]),
});

export const lastValues = ({ events }: Pick<Emitted, "events">): Json | undefined =>
  events.findLast(([name]) => name === "values")?.[1];

/** `project` is a folder of test/fixtures, or the absolute path of a folder with a langgraph.json. */
export async function openEngine(
  project: string,
  options: Partial<EngineOptions> = {},
  /** Fields of the manifest to replace: the project as another packaging would describe it. */
  manifest: Partial<Manifest> | ((compiled: Manifest) => Partial<Manifest>) = {},
): Promise<TestEngine> {
  const folder = path.resolve(fileURLToPath(new URL("../fixtures/", import.meta.url)), project);
  const out = path.join(await mkdtemp(path.join(tmpdir(), "threadline-engine-")), "build");
  const compiled = await compileProject({ config: path.join(folder, "langgraph.json"), out });
  const changed = typeof manifest === "function" ? manifest(compiled) : manifest;
  await writeFile(path.join(out, "manifest.json"), JSON.stringify({ ...compiled, ...changed }));
  const { checkpoints, items, close: closeStore } = await openCheckpoints();
  const lines: TestEngine["lines"] = [];
  const log = (message: string, fields: Record<string, unknown>) => void lines.push({ message, fields });
  const engine = await createEngine({
    project: out,
    checkpoints,
    items,
    logger: { info: log, warn: log, error: log },
    clock: systemClock,
    errorDetail: "show",
    ...options,
  });
  return {
    engine,
    folder: out,
    checkpoints,
    lines,
    run: (request) => perform(engine, checkpoints, request),
    close: async () => {
      await closeStore();
      await rm(path.dirname(out), { recursive: true, force: true });
    },
  };
}

async function perform(engine: Engine, checkpoints: CheckpointStore, request: RunRequest): Promise<Emitted> {
  const { kwargs, context, onEvent, ...rest } = request;
  const emitted: { event: LogEvent; urgency: string }[] = [];
  const invocation: Invocation = {
    thread_id: crypto.randomUUID(),
    run_id: crypto.randomUUID(),
    assistant_id: systemAssistantId(request.graph_id),
    attempt: 1,
    claim: { log_start: 1, epoch: 1 },
    handed_off: false,
    metadata: {},
    fresh: false,
    ...rest,
    kwargs: { ...DEFAULTS, ...kwargs } as RunKwargs,
  };
  const emit = (event: LogEvent, urgency: string): void => {
    emitted.push({ event, urgency });
    onEvent?.(event);
  };
  const outcome = await engine.run(invocation, {
    sink: {
      emit,
      announce: (event) => emit(event, "announcing"),
    },
    checkpoints,
    signal: new AbortController().signal,
    drain: new AbortController().signal,
    ...context,
  });
  return {
    outcome,
    events: emitted.map(({ event }) => [event.event, JSON.parse(event.data) as Json]),
    urgencies: emitted.map(({ event, urgency }) => [event.event, urgency]),
  };
}
