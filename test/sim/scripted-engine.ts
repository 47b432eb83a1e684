/**
 * A graph in place of LangGraph: supersteps of one or two tasks that emit tokens, keep their writes, then put a head whose state is the
 * list of all supersteps so far. What a checkpoint says can so be checked against what was done. Must not know faults.
 */
import type { ChannelValue, CheckpointHead, CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import type { Clock } from "../../functions/core/ports.ts";
import type {
  Engine,
  Invocation,
  RunContext,
  RunOutcome,
  UpdateOutcome,
  UpdateRequest,
} from "../../functions/core/run/execute/engine-port.ts";
import { WHOLE_BYTES } from "../../functions/core/json/size-limits.ts";
import type { JsonObject } from "../../functions/protocol/json.ts";
import { announcementOf } from "./announced.ts";
import { createDice, type Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";

/** Supersteps of a run, after its input. */
export const STEPS = 3;

export const tasksOf = (name: string, step: number): string[] =>
  Array.from({ length: 1 + (step % 2) }, (_, i) => `${name}.${i}`);

export interface EngineWatch {
  /** What the claim goes on from; '' = nothing. */
  loaded(invocation: Invocation, checkpoint_id: string): void;
  /** The graph has nothing left to do but to say so. */
  ending(invocation: Invocation): void;
  /** A task begins. */
  starts(invocation: Invocation, task_id: string): void;
  /** Pending writes of a task as they were read back. */
  read(invocation: Invocation, task_id: string, values: string[]): void;
}

export interface EngineOptions {
  dice: Dice;
  faults: Faults;
  clock: Pick<Clock, "sleep" | "schedule">;
  /** Ids in the order of time, over all processes. */
  checkpointId: () => string;
  watch: EngineWatch;
  /** The rule eventsBeforeCheckpoint off: heads are put past the guard. */
  unguarded?: CheckpointStore;
  /** The rule writesBeforeAnnouncement off: what announces a task is told like any other event. */
  hasty: boolean;
}

export const nameOf = ({ name }: JsonObject): string => (typeof name === "string" ? name : "?");

const encode = (value: unknown): ChannelValue => ({ type: "json", elements: [Buffer.from(JSON.stringify(value))] });
export const decode = (value: ChannelValue | undefined): unknown =>
  JSON.parse(Buffer.concat(value?.elements ?? [Buffer.from("null")]).toString());

export const stateOf = (head: CheckpointHead | undefined): string[] =>
  head ? (decode(head.channels["state"]) as string[]) : [];

const unused = () => Promise.reject(new Error("not part of the simulation"));

export function scriptedEngine(options: EngineOptions): Engine {
  return {
    graphs: () => [{ graph_id: "scripted", description: null }],
    langgraphVersion: () => undefined,
    threadTtl: () => undefined,
    store: () => {
      throw new Error("not part of this test");
    },
    builtAt: () => "2030-01-01T00:00:00.000Z",
    http: () => ({}),
    auth: () => undefined,
    app: () => undefined,
    ui: () => Promise.resolve(undefined),
    load: () => Promise.resolve(),
    sampleInput: () => Promise.resolve({}),
    draw: unused,
    schemas: unused,
    subgraphs: unused,
    importGraphs: () => Promise.resolve(),
    run: (invocation, context) => new Execution(options, invocation, context).run(),
    values: () => Promise.resolve({}),
    state: unused,
    history: unused,
    update: (request, store) => updateState(request, store, options),
    close: () => undefined,
  };
}

/** One more entry in the state, as a client's update has it; and a pending write on what it follows, as LangGraph does. */
async function updateState(
  { thread_id, claim, supersteps }: UpdateRequest,
  store: CheckpointStore,
  { checkpointId, clock, dice }: EngineOptions,
): Promise<UpdateOutcome> {
  const before = await store.head(thread_id, "");
  const name = String(supersteps[0]?.updates[0]?.as_node);
  if (before) {
    const writes = [{ index: 0, channel: "state", value: encode(`${name}:0/1@${claim.epoch}`) }];
    const at = { thread_id, ns: "", checkpoint_id: before.checkpoint_id, task_id: name, task_path: "", claim };
    await store.putWrites({ ...at, writes });
  }
  // The graph's own code has its time, and others come meanwhile.
  await clock.sleep(dice.between(0, 3_000));
  const checkpoint_id = checkpointId();
  await store.putHead({
    thread_id,
    ns: "",
    checkpoint_id,
    ...(before && { parent_id: before.checkpoint_id }),
    claim,
    metadata: { step: -1 },
    checkpoint: encode({}),
    channels: { state: encode([...stateOf(before), name]) },
  });
  const head = { checkpoint_id, channels: ["state"] };
  return { kind: "updated", checkpoint: { thread_id, checkpoint_ns: "", checkpoint_id }, head, interrupts: {} };
}

/** So many bytes of noise that a slot cannot hold them compressed. */
let noise: string | undefined;
const largeText = (): string => (noise ??= Buffer.from(createDice(0).hex(800_000), "hex").toString("base64"));

/** More than any stream carries. */
let endless: string | undefined;
const endlessText = (): string => (endless ??= "x".repeat(WHOLE_BYTES));

class Execution {
  readonly #options: EngineOptions;
  readonly #invocation: Invocation;
  readonly #context: RunContext;
  readonly #store: CheckpointStore;
  readonly #name: string;
  #state: string[] = [];
  #head: CheckpointHead | undefined;
  /** Heads are put one after the other; with `async` the next superstep does not wait for it. */
  #putting: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions, invocation: Invocation, context: RunContext) {
    this.#options = options;
    this.#invocation = invocation;
    this.#context = context;
    this.#store = options.unguarded ?? context.checkpoints;
    this.#name = nameOf(invocation.metadata);
  }

  async run(): Promise<RunOutcome> {
    const { thread_id, run_id } = this.#invocation;
    this.#head = await this.#store.head(thread_id, "");
    this.#options.watch.loaded(this.#invocation, this.#head?.checkpoint_id ?? "");
    this.#state = stateOf(this.#head);
    const isOurs = this.#head?.metadata["run_id"] === run_id;
    if (!isOurs) await this.#endStep(0);
    const { drain } = this.#context;
    for (let step = Number(this.#head?.metadata["step"]) + 1; step <= STEPS; step++) {
      if (this.#stopped) return this.#aborted();
      if (drain.aborted) return this.#drained();
      const paused = await this.#runStep(step);
      if (this.#stopped) return this.#aborted();
      if (paused) return paused;
      await this.#endStep(step);
    }
    await this.#putting;
    this.#options.watch.ending(this.#invocation);
    return { kind: "completed", ...this.#headRef() };
  }

  get #stopped(): boolean {
    return this.#context.signal.aborted && !this.#options.faults.stubborn;
  }

  #headRef() {
    return this.#head ? { head: { checkpoint_id: this.#head.checkpoint_id, channels: ["state"] } } : {};
  }

  async #aborted(): Promise<RunOutcome> {
    await this.#putting.catch(() => undefined);
    return { kind: "aborted", unfinished: true, interrupts: {}, ...this.#headRef() };
  }

  async #drained(): Promise<RunOutcome> {
    await this.#putting;
    return { kind: "drained" };
  }

  async #runStep(step: number): Promise<RunOutcome | undefined> {
    const { thread_id } = this.#invocation;
    const parent = this.#head?.checkpoint_id ?? "";
    const kept = await this.#store.writes(thread_id, "", parent);
    for (const { task_id, writes } of kept)
      this.#options.watch.read(
        this.#invocation,
        task_id,
        writes.filter(({ index }) => index >= 0).map(({ value }) => String(decode(value))),
      );
    const tasks = tasksOf(`${this.#name}.${step}`, step);
    const missing = tasks.filter((task_id) => !kept.some((done) => done.task_id === task_id));
    await Promise.all(missing.map((task_id) => this.#runTask(task_id, parent)));
    return this.#pauses(step) ? this.#pause(step, parent) : undefined;
  }

  async #runTask(task_id: string, checkpoint_id: string): Promise<void> {
    const { clock, dice, faults } = this.#options;
    const { thread_id, claim } = this.#invocation;
    const { signal } = this.#context;
    this.#options.watch.starts(this.#invocation, task_id);
    const ms = dice.chance(0.15) ? dice.between(8_000, 25_000) : dice.between(0, 2_000);
    for (const part of ["t", "s"]) {
      await clock.sleep(ms / 2, faults.stubborn ? undefined : signal);
      if (this.#stopped) return;
      if (this.#isBeyond()) this.#emit(endlessText(), "token");
      this.#emit(`${part} ${task_id}`, "token");
    }
    const width = 1 + dice.below(3);
    const writes = Array.from({ length: width }, (_, index) => ({
      index,
      channel: "state",
      value: encode(`${task_id}:${index}/${width}@${claim.epoch}`),
    }));
    const storing = this.#store.putWrites({ thread_id, ns: "", checkpoint_id, task_id, task_path: "", claim, writes });
    this.#announce(announcementOf(task_id));
    await storing;
  }

  /** The events of a superstep reach the sink one turn after its put has begun, as measured with LangGraph. */
  async #endStep(step: number): Promise<void> {
    const { thread_id, run_id, claim } = this.#invocation;
    const { clock, dice, faults, checkpointId } = this.#options;
    this.#state = [...this.#state, `${this.#name}.${step}`];
    const head: CheckpointHead = {
      thread_id,
      ns: "",
      checkpoint_id: checkpointId(),
      ...(this.#head && { parent_id: this.#head.checkpoint_id }),
      claim,
      metadata: { run_id, step },
      checkpoint: encode({ step }),
      channels: { state: encode(this.#state) },
    };
    this.#head = head;
    clock.schedule(() => {
      if (dice.chance(faults.large)) this.#emit(largeText(), "structural");
      this.#announce(JSON.stringify(`u ${this.#name}.${step}`));
    });
    const before = this.#putting;
    this.#putting = before.then(() => this.#store.putHead(head));
    // Awaited in the end; meanwhile a failure must not count as unhandled.
    this.#putting.catch(() => undefined);
    if (faults.durability === "sync") await this.#putting;
  }

  #pauses(step: number): boolean {
    const { faults } = this.#options;
    return step === 2 && faults.pause > 0 && this.#name.charCodeAt(0) % 2 === 0;
  }

  async #pause(step: number, checkpoint_id: string): Promise<RunOutcome> {
    const { thread_id, claim } = this.#invocation;
    const task_id = `${this.#name}.${step}.ask`;
    const writes = [{ index: -3, channel: "__interrupt__", value: encode("question") }];
    await this.#putting;
    await this.#store.putWrites({ thread_id, ns: "", checkpoint_id, task_id, task_path: "", claim, writes });
    this.#emit(`i ${this.#name}.${step}`, "held");
    if (this.#isBeyond()) this.#emit(largeText(), "held");
    const asked = this.#isBeyond() ? [{ id: task_id, value: endlessText() }] : [];
    return { kind: "paused", interrupts: { [task_id]: asked }, ...this.#headRef() };
  }

  #isBeyond(): boolean {
    const { dice, faults } = this.#options;
    return faults.beyond > 0 && dice.chance(faults.beyond / 5);
  }

  #announce(data: string): void {
    const { sink } = this.#context;
    if (this.#options.hasty) sink.emit({ event: "custom", data }, "structural");
    else sink.announce({ event: "custom", data }, "");
  }

  #emit(text: string, urgency: "token" | "structural" | "held"): void {
    const event = urgency === "held" ? "interrupt" : "custom";
    this.#context.sink.emit({ event, data: JSON.stringify(text) }, urgency);
  }
}
