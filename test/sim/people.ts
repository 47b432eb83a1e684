/** What clients do to the simulated system: create, watch, cancel, update, delete; and the sweeper. Each through the real use cases. */
import { toRun } from "../../functions/aws/table/row-items.ts";
import { updateState } from "../../functions/core/checkpoint/update-state.ts";
import { type Cursor, parseCursor } from "../../functions/core/log/cursor.ts";
import { tailRun } from "../../functions/core/log/tail-log.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { deleteRun } from "../../functions/core/run/end/delete-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { isFinal } from "../../functions/core/run/run-row.ts";
import { SWEEP_EVERY } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { MULTITASK_STRATEGIES, RunCreate } from "../../functions/protocol/run.ts";
import { StateUpdateBody } from "../../functions/protocol/state-update.ts";
import type { ReaderRecord } from "../support/invariants.ts";
import { CALM_AFTER } from "./faults.ts";
import { isExpected } from "./flaky-client.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** ms between a client's tries after a failed connection. */
const RECONNECT = 1_000;

/** Of a create request on a thread that others use too. */
const ANSWERS = new Set(["created", "busy", "contended"]);
/** Of an update of the thread's state, which is asked for so often. */
const UPDATE_TRIES = 10;
/** Of a deletion of a run, which is refused while another run is on the thread. */
const DELETE_TRIES = 5;
const UPDATE_ANSWERS = new Set(["updated", "busy", "contended", "not_found"]);

export class People {
  readonly readers: ReaderRecord[] = [];
  /** Updates of the state whose answer came, and in which life of the thread. */
  readonly updates: { name: string; gen: number; isApplied: boolean }[] = [];
  /** Runs whose deletion was answered as done. */
  readonly deleted: string[] = [];
  readonly #world: World;
  /** Requests that clients still wait for. */
  #open = 0;
  /** Requests that clients will make. */
  #expected = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Nobody asks for anything any more, and every reader has seen the end. */
  get areDone(): boolean {
    return this.#expected === 0 && this.areQuiet;
  }

  /** Nobody waits for anything now. */
  get areQuiet(): boolean {
    return this.#open === 0 && this.readers.every(({ end }) => end !== undefined);
  }

  arrive(): void {
    const { dice, faults } = this.#world;
    this.#world.onEnding = (run_id) => {
      if (dice.chance(faults.atTheEnd)) this.#later(dice.between(0, 30), () => this.#cancel(run_id));
    };
    const names = ["A", "B", "C"].slice(0, faults.temporary ? 1 : 1 + dice.below(3));
    for (const [i, name] of names.entries()) {
      const at = faults.expiry ? i * 330_000 + dice.between(0, 8_000) : dice.between(0, i ? 20_000 : 4_000);
      this.#later(at, () => this.#create(name));
      if (faults.cancel && dice.chance(0.6))
        this.#later(faults.early ? dice.between(50, 4_000) : dice.between(0, 20_000), () => {
          const known = [...this.#world.watch.runs].find(([, run]) => run.name === name);
          if (known) this.#cancel(known[0]);
        });
    }
    for (let n = 0; n < (faults.temporary ? 0 : faults.updates); n++)
      this.#later(this.#world.updating.between(0, 25_000), () => this.#update(`U${n}`));
    for (let n = 0; n < (faults.temporary ? 0 : faults.deletes); n++)
      this.#later(this.#world.deleting.between(1_000, 30_000), () => {
        const [first, ...others] = this.#world.watch.runs.keys();
        if (first !== undefined) this.#deleteRun(this.#world.deleting.pick([first, ...others]));
      });
    if (faults.remove) this.#later(dice.between(2_000, 20_000), () => this.#delete());
  }

  /** For ever; the world ends when nothing but this is left. */
  tick(): void {
    const { time, dice, faults } = this.#world;
    for (let n = faults.twoClocks ? 2 : 1; n > 0; n--)
      this.#as("sweeper", async (process) => {
        if (faults.twoClocks) await process.clock.sleep(dice.between(0, 50));
        await sweep(this.#world.ports(process));
      });
    // For hours nothing happens where every worker dies: there the sweeper looks less often.
    time.background(SWEEP_EVERY * (faults.broken && time.now > CALM_AFTER ? 10 : 1), () => this.tick());
  }

  #later(ms: number, task: () => void): void {
    this.#expected++;
    this.#world.time.background(ms, () => {
      this.#expected--;
      task();
    });
  }

  /** A request to a process of its own. When the process dies the client sees a broken connection. */
  #as(role: "api" | "reader" | "sweeper", task: (process: Process) => Promise<void>, then?: () => void): void {
    const world = this.#world;
    const process = world.spawn(role);
    if (role !== "sweeper") this.#open++;
    const done = (): void => {
      if (role !== "sweeper") this.#open--;
      then?.();
    };
    const failed = (error: unknown): void => {
      world.say(() => `${process.name} fails: ${String(error)}`);
      if (!isExpected(error)) world.watch.violate("I2", `a ${role} failed with ${String(error)}`);
    };
    void world.time.as(process, () =>
      task(process)
        .catch(failed)
        .finally(() => !process.dead && done()),
    );
    process.onCrash = done;
  }

  #create(name: string): void {
    const { dice, faults } = this.#world;
    const body = RunCreate.parse({
      assistant_id: "scripted",
      metadata: { name },
      if_not_exists: "create",
      ...(faults.strategies && { multitask_strategy: dice.pick(MULTITASK_STRATEGIES) }),
      ...(dice.chance(faults.delayed) && { after_seconds: 1 + dice.below(30) }),
      ...(dice.chance(faults.webhooks) && { webhook: "https://example.com/hook" }),
    });
    this.#ask(name, body, faults.keys ? `key ${name}` : undefined);
  }

  #ask(name: string, body: RunCreate, key: string | undefined): void {
    const { faults, thread_id } = this.#world;
    let isAnswered = false;
    const request = async (process: Process): Promise<void> => {
      const to = faults.temporary ? null : thread_id;
      const result = await createRun(this.#world.ports(process), { thread_id: to, body, key });
      isAnswered = true;
      this.#world.say(() => `${process.name}: create ${name} → ${result.kind}`);
      if (!ANSWERS.has(result.kind)) this.#world.watch.violate("I3", `create ${name} was answered with ${result.kind}`);
      if (result.kind === "created" && faults.readers) this.#watch(result.run.run_id);
    };
    this.#as("api", request, () => {
      if (!isAnswered && key !== undefined) this.#later(RECONNECT, () => this.#ask(name, body, key));
    });
  }

  #watch(run_id: string): void {
    const { dice } = this.#world;
    if (dice.chance(0.8)) this.#read({ run_id, from: "start", seen: [] });
    if (dice.chance(0.2)) this.#later(dice.between(0, 15_000), () => this.#read({ run_id, from: "live", seen: [] }));
  }

  #read(reader: ReaderRecord): void {
    if (!this.readers.includes(reader)) this.readers.push(reader);
    this.#as(
      "reader",
      (process) => this.#follow(process, reader),
      () => reader.end ?? this.#later(RECONNECT, () => this.#read(reader)),
    );
  }

  async #follow(process: Process, reader: ReaderRecord): Promise<void> {
    const { dice, faults, thread_id } = this.#world;
    const ports = this.#world.ports(process);
    const last = reader.seen.findLast(({ id }) => id !== undefined)?.id;
    const cursor: Cursor = last === undefined ? { kind: reader.from } : parseCursor(last);
    const cut = new AbortController();
    const tail = tailRun(ports, { thread_id, run_id: reader.run_id }, { cursor, signal: cut.signal });
    for (;;) {
      const step = await tail.next();
      if (step.done) {
        reader.end = step.value;
        this.#world.say(
          () => `${process.name}: ${this.#world.watch.name(reader.run_id)} ${JSON.stringify(reader.end)}`,
        );
        return;
      }
      reader.seen.push(...step.value.events);
      if (step.value.events.some(({ event }) => event === "interrupt")) this.#assertAnswerable(reader.run_id);
      if (dice.chance(faults.cut)) {
        cut.abort();
        return;
      }
    }
  }

  /** Nobody sees an interrupt that cannot be answered yet. */
  #assertAnswerable(run_id: string): void {
    const { table, thread_id, watch } = this.#world;
    const item = table.get({ pk: `T#${thread_id}`, sk: `R#${run_id}` });
    if (item && !isFinal(toRun(item)) && !this.#world.faults.torn)
      watch.violate("I5", `an interrupt of ${watch.name(run_id)} was seen before the run had ended`);
  }

  #cancel(run_id: string): void {
    const { dice, watch, thread_id } = this.#world;
    const intent = dice.pick(["interrupt", "rollback"] as const);
    this.#as("api", async (process) => {
      const result = await cancelRun(this.#world.ports(process), { thread_id, run_id }, intent);
      this.#world.say(() => `${process.name}: cancel ${watch.name(run_id)} (${intent}) → ${result}`);
    });
  }

  /** Who is told that a run is on the thread asks again some time later. */
  #update(name: string, tries = 1): void {
    const { thread_id, table, watch, updating } = this.#world;
    const generation = (): number => Number(table.get({ pk: `T#${thread_id}`, sk: "A" })?.["gen"]);
    this.#as("api", async (process) => {
      const before = generation();
      const body = StateUpdateBody.parse({ values: {}, as_node: name });
      const result = await updateState(this.#world.ports(process), thread_id, body);
      this.#world.say(() => `${process.name}: update ${name} → ${result.kind}`);
      if (!UPDATE_ANSWERS.has(result.kind)) watch.violate("I3", `update ${name} was answered with ${result.kind}`);
      if (result.kind === "busy" && tries < UPDATE_TRIES)
        return this.#later(updating.between(200, 4_000), () => this.#update(name, tries + 1));
      const gen = generation();
      // Of a thread that was made again meanwhile, nobody knows which life was updated.
      if (gen === before) this.updates.push({ name, gen, isApplied: result.kind === "updated" });
    });
  }

  /** Who gets no answer, or is told that another run is on the thread, asks again. */
  #deleteRun(run_id: string, tries = 1): void {
    const { thread_id, watch, deleting } = this.#world;
    let answer: string | undefined;
    const request = async (process: Process): Promise<void> => {
      answer = (await deleteRun(this.#world.ports(process), { thread_id, run_id })).kind;
      this.#world.say(() => `${process.name}: delete ${watch.name(run_id)} → ${answer}`);
      if (answer === "deleted") this.deleted.push(run_id);
    };
    this.#as("api", request, () => {
      const isOver = answer === "deleted" || answer === "not_found" || tries === DELETE_TRIES;
      if (!isOver) this.#later(deleting.between(200, 4_000), () => this.#deleteRun(run_id, tries + 1));
    });
  }

  #delete(): void {
    const { thread_id, faults } = this.#world;
    this.#as("api", async (process) => {
      const result = await deleteThread(this.#world.ports(process), thread_id);
      this.#world.say(() => `${process.name}: delete → ${result}`);
      if (!faults.temporary) this.#later(2_000, () => this.#create("Z"));
    });
  }
}
