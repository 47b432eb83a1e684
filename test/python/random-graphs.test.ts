/**
 * Random graphs through the child and the real store: streams, states and histories must be those of plain LangGraph with its own saver.
 * `SEEDS=2000 FIRST_SEED=1 TEST_PYTHON=… npx vitest run --config test/python/vitest.config.ts test/python/random-graphs.test.ts` for more.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import type { ThreadState } from "../../functions/protocol/thread.ts";
import { isStreamOnly } from "../../functions/core/stream/stream-only.ts";
import { handedOn, newRun, openEngine, type TestEngine } from "../engine/open-engine.ts";
import { type Event, normalise } from "../flow/golden-normalise.ts";
import { interpreter } from "./python-server.ts";
import { comparable, ordered, shown, sortInterrupts } from "./random/comparable.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const FIRST = Number(process.env["FIRST_SEED"] ?? 1);
const COUNT = Number(process.env["SEEDS"] ?? 40);
const SEEDS = Array.from({ length: COUNT }, (_, offset) => FIRST + offset);
const RECURSION_LIMIT = 20;
/** Of so many seeds one has its runs handed over, again and again, after so many events. */
const HANDED_OVER = 3;
const EVENTS_UNTIL_DRAIN = 4;
/** Each claim does a superstep of some graph at least, or the run would never end. */
const MOST_CLAIMS = 200;

/** As random/reference.py prints it. */
interface Step {
  kind: "input" | "continue" | "resume" | "from" | "update";
  input?: Json;
  /** By question. */
  answers?: [question: Json, answer: string][];
  answer?: string;
  /** In the history. */
  position?: number;
  values?: JsonObject;
  as_node?: string | null;
  interrupt_before?: string[] | null;
  interrupt_after?: string[] | null;
  error: Json;
  events: Event[];
  /** One of several tasks has failed, so what is seen of the others depends on how far they were. It is the last step. */
  raced: boolean;
  /** Null where LangGraph has none to show. */
  state: Shown | null;
}
interface Scenario {
  seed: number;
  modes: string[];
  subgraphs: boolean;
  steps: Step[];
  history: Shown[] | null;
}
type Shown = Pick<ThreadState, "values" | "next" | "metadata"> & { [field: string]: Json };

const execute = promisify(execFile);
let project: string;
let engine: TestEngine;
let scenarios: Map<number, Scenario>;
beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "threadline-random-"));
  for (const file of ["random_graphs.py", "random_nodes.py"]) copyFileSync(here(`random/${file}`), join(project, file));
  const graphs = Object.fromEntries(SEEDS.map((seed) => [`seed_${seed}`, `./random_graphs.py:seed_${seed}`]));
  writeFileSync(join(project, "langgraph.json"), JSON.stringify({ dependencies: ["."], graphs }));
  const asked = ["-B", here("random/reference.py"), String(FIRST), String(COUNT)];
  const [opened, { stdout }] = await Promise.all([
    openEngine(project, { python: interpreter() }),
    execute(interpreter(), asked, { maxBuffer: Infinity }),
  ]);
  engine = opened;
  const lines = stdout.trim().split("\n");
  scenarios = new Map(lines.map((line) => JSON.parse(line) as Scenario).map((scenario) => [scenario.seed, scenario]));
});
afterAll(async () => {
  engine.engine.close();
  await engine.close();
  rmSync(project, { recursive: true });
});

test.each(SEEDS)("seed %i: streams, states and history are those of plain LangGraph", async (seed) => {
  const scenario = scenarios.get(seed);
  if (!scenario) throw new Error(`there is no scenario of seed ${seed}`);
  const { steps, history } = scenario;
  const { thread_id } = newRun();
  const thread = { thread_id, graph_id: `seed_${seed}` };
  const ours: Event[] = [];
  const theirs: Event[] = [];

  for (const [number, step] of steps.entries()) {
    const { events, error } = await perform(scenario, step, { ...thread, log_start: number + 1 });
    ours.push(["error", error]);
    theirs.push(["error", step.error]);
    if (step.raced) break;
    ours.push(...ordered(events.map(comparable)));
    theirs.push(...ordered(step.events.map(comparable)));
    if (step.state === null) continue;
    ours.push(["state", shown(await engine.engine.state({ ...thread, subgraphs: true }))]);
    theirs.push(["state", sortInterrupts(step.state)]);
  }
  if (history !== null) {
    const listed = await historyOf(thread);
    ours.push(["history", listed.map(shown)]);
    theirs.push(["history", sortInterrupts(history)]);
  }

  expect(normalise(ours)).toEqual(normalise(theirs));
});

type Thread = Pick<Place, "thread_id" | "graph_id">;

const historyOf = (thread: Thread): Promise<ThreadState[]> =>
  engine.engine.history({ ...thread, limit: 1_000, before: undefined, metadata: undefined, checkpoint: undefined });

interface Place {
  thread_id: string;
  graph_id: string;
  log_start: number;
}

async function perform(
  { seed, modes, subgraphs }: Scenario,
  step: Step,
  { log_start, ...thread }: Place,
): Promise<{ events: Event[]; error: Json }> {
  const before = await engine.engine.state(thread);
  if (step.kind === "update") {
    const supersteps = [
      { updates: [{ values: step.values ?? null, command: undefined, as_node: step.as_node ?? undefined }] },
    ];
    const request = {
      ...thread,
      claim: { log_start, epoch: 1 },
      supersteps,
      checkpoint: undefined,
      fresh: log_start === 1,
    };
    const outcome = await engine.engine.update(request, engine.checkpoints);
    return { events: [], error: outcome.kind === "updated" ? null : "InvalidUpdateError" };
  }
  const run = {
    ...thread,
    run_id: newRun().run_id,
    kwargs: {
      ...(await begun(step, before, thread)),
      stream_mode: modes.map((mode) => (mode === "messages" ? "messages-tuple" : mode)),
      subgraphs,
      interrupt_before: step.interrupt_before,
      interrupt_after: step.interrupt_after,
    },
  };
  const events: Event[] = [];
  let handed = {};
  for (let epoch = 1; epoch <= MOST_CLAIMS; epoch++) {
    const drain = new AbortController();
    let left = seed % HANDED_OVER === 0 ? EVENTS_UNTIL_DRAIN : Infinity;
    const part = await engine.run({
      ...run,
      claim: { log_start, epoch },
      ...handed,
      context: { drain: drain.signal },
      onEvent: () => void (--left === 0 && drain.abort()),
    });
    const { outcome, urgencies } = part;
    // Interrupts are held back until the run ends: those of a claim that hands over are never seen.
    // What is said of the run to our own readers alone is in no stream either.
    const isSeen = ([name]: Event, position: number): boolean =>
      !isStreamOnly({ event: name }) && (outcome.kind !== "drained" || urgencies[position]?.[1] !== "held");
    events.push(...part.events.filter(isSeen));
    handed = handedOn(part);
    if (outcome.kind !== "drained") return { events, error: outcome.kind === "failed" ? { ...outcome.error } : null };
  }
  throw new Error(`the run has not ended after ${MOST_CLAIMS} claims`);
}

/** Input, command and config of a run. */
async function begun(
  { kind, input = null, answers, answer, position = 0 }: Step,
  { interrupts }: ThreadState,
  thread: Thread,
): Promise<object> {
  const config = { recursion_limit: RECURSION_LIMIT };
  if (kind === "resume") {
    const ids = new Map(interrupts.map((one) => [JSON.stringify(one.value), one.id]));
    const byId = answers?.map(([question, text]): [string, string] => [ids.get(JSON.stringify(question)) ?? "", text]);
    return { command: { resume: byId ? Object.fromEntries(byId) : answer }, config };
  }
  if (kind !== "from") return { input, config };
  const history = await historyOf(thread);
  const checkpoint_id = history[position]?.checkpoint.checkpoint_id;
  return { input, config: { ...config, configurable: { checkpoint_id } } };
}
