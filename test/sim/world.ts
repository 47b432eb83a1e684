/**
 * One seed: the real core and adapters in simulated processes over one simulated table and queue. Must not check anything itself: the watch
 * and the shared invariants do.
 */
import { createAssistants } from "../../functions/aws/assistant/assistants.ts";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { createStateUpdates } from "../../functions/aws/checkpoint/state-updates.ts";
import { createCrons } from "../../functions/aws/cron/crons.ts";
import { createThreadLog } from "../../functions/aws/log/thread-log.ts";
import { createInputs } from "../../functions/aws/run/inputs.ts";
import { createRuns } from "../../functions/aws/run/runs.ts";
import { createThreads } from "../../functions/aws/thread/threads.ts";
import { createWebhooks } from "../../functions/aws/webhook/webhooks.ts";
import { Impossible } from "../../functions/core/failure/failure.ts";
import { RETENTION } from "../../functions/core/log/timings.ts";
import type { Clock, Ports } from "../../functions/core/ports.ts";
import type { Runs } from "../../functions/core/run/run-ports.ts";
import type { TimeSource } from "../../functions/host/clock-and-ids.ts";
import { describeChange } from "./describe.ts";
import { createDice, type Dice } from "./dice.ts";
import { CALM_AFTER, calmDown, drawFaults, type Faults } from "./faults.ts";
import { asClient, createSend } from "./flaky-client.ts";
import { Process, type Role } from "./process.ts";
import { RunQueue } from "./run-queue.ts";
import { scriptedEngine } from "./scripted-engine.ts";
import type { Switches } from "./switches.ts";
import { type Change, Table } from "./table.ts";
import { Transitions } from "./transitions.ts";
import { EPOCH, VirtualTime } from "./virtual-time.ts";
import { Watch } from "./watch.ts";

export interface WorldOptions {
  seed: number;
  switches: Switches;
  traced: boolean;
  /** Faults that are not left to the dice. */
  plan: Partial<Faults>;
}

/** ms within which the wall clock is set, and by how much at most: short, for most of what happens does so then. */
const STEPS_UNTIL = 60_000;
const STEP = 600_000;

/** Added to a seed for the other dice. */
const UPDATING = 1_000_000;
const DELETING = 2_000_000;

const quiet = () => undefined;

export class World {
  readonly time = new VirtualTime();
  readonly table = new Table();
  readonly dice: Dice;
  /** For updates of the state: without them a seed is what it was before there were any. */
  readonly updating: Dice;
  /** For deletions of runs: dice of their own for the same reason. */
  readonly deleting: Dice;
  readonly faults: Faults;
  readonly thread_id: string;
  readonly watch: Watch;
  readonly queue: RunQueue;
  /** A run is about to end. */
  onEnding: (run_id: string) => void = () => undefined;
  readonly timeline: string[] = [];
  readonly switches: Switches;
  /** Virtual time and seeded chance, as the clocks of all processes take them. */
  readonly #source: TimeSource;
  readonly #processes = new Map<string, Process>();
  readonly #traced: boolean;
  readonly #brokenFrom: number;
  readonly #refused = new Map<string, boolean>();
  readonly transitions = new Transitions();
  #numbers = 0;
  #ids = 0;

  constructor({ seed, switches, traced, plan }: WorldOptions) {
    this.dice = createDice(seed);
    this.updating = createDice(seed + UPDATING);
    this.deleting = createDice(seed + DELETING);
    this.#source = {
      wall: () => this.time.read(),
      monotonic: () => this.time.now,
      schedule: (task, ms) => this.time.schedule(task, ms),
      jitter: () => this.dice.next(),
    };
    this.switches = switches;
    this.#traced = traced;
    this.faults = {
      ...drawFaults(this.dice),
      updates: this.updating.chance(0.3) ? 1 + this.updating.below(4) : 0,
      deletes: this.deleting.chance(0.3) ? 1 + this.deleting.below(3) : 0,
      ...plan,
    };
    this.#brokenFrom = this.faults.broken ? this.dice.between(0, 20_000) : Infinity;
    this.thread_id = this.#uuid();
    this.watch = new Watch({
      table: this.table,
      thread_id: this.thread_id,
      faults: this.faults,
      now: () => this.time.now,
      steppedAt: () => this.time.steppedAt,
      process: (name) => this.#processes.get(name.split(".")[0] ?? ""),
      say: (text) => this.say(text),
    });
    this.queue = new RunQueue(this);
    this.time.beforeEvent = (actor) => this.#strike(actor as Process);
    this.table.onChanges = (changes) => this.#changed(changes);
    this.say(() => `faults: ${JSON.stringify(this.faults)}`);
    this.time.background(CALM_AFTER, () => calmDown(this.faults));
    for (let n = 0; n < this.faults.steps; n++)
      this.time.background(this.dice.between(0, STEPS_UNTIL), () => this.#step(this.dice.between(-STEP, STEP)));
  }

  get isBroken(): boolean {
    return this.time.now > this.#brokenFrom;
  }

  say(text: () => string): void {
    if (this.#traced) this.timeline.push(`${(this.time.now / 1000).toFixed(3).padStart(9)}  ${text()}`);
  }

  spawn(role: Role): Process {
    const skew = this.faults.skew ? Math.round(this.dice.between(-2_000, 2_000)) : 0;
    const number = ++this.#numbers;
    const process = new Process({ role, number, skew, time: this.#source });
    this.#processes.set(`${role}${number}`, process);
    return process;
  }

  #step(ms: number): void {
    this.say(() => `the wall clock is set by ${Math.round(ms / 1000)} s`);
    this.time.step(ms);
  }

  crash(process: Process, why: string): void {
    this.say(() => `${process.name} CRASHES ${why}`);
    process.dead = true;
    if (process.role === "worker" && process.run_id !== undefined) this.watch.trouble.add(process.run_id);
    process.onCrash();
  }

  /** The real adapters, as this process has them. */
  ports(process: Process): Ports {
    const send = createSend({
      time: this.time,
      table: this.table,
      dice: this.dice,
      faults: this.faults,
      trace: (text) => this.say(text),
      onTrouble: (actor) => this.#noteTrouble(actor as Process),
      onUnclear: (run_id) => this.watch.unclear(run_id),
      onDeath: (actor) => this.crash(actor as Process, "as it writes"),
    });
    const client = asClient(this.switches.send?.(send) ?? send);
    const { clock } = process;
    const options = { client, table: "simulated", clock, retentionMs: RETENTION };
    const checkpoints = createCheckpointStore(options);
    const log = createThreadLog(options);
    const stretch = this.dice.chance(0.2) ? 1 : 10;
    // A stateless run takes two ids: its own, then that of its thread, which is the one thread of this world.
    const isTemporary = this.faults.temporary && process.role === "api";
    let uuids = 0;
    const ports: Ports = {
      clock,
      ids: {
        uuid7: () => (isTemporary && uuids++ === 1 ? this.thread_id : this.#uuid(process)),
        nonce: () => `${process.name}#${++this.#ids}`,
      },
      logger: { info: quiet, warn: quiet, error: quiet },
      // A hint that may come late: readers of a quiet run need not be most of what a seed costs.
      log: {
        ...log,
        changed: (id, after, ms, signal) => log.changed(id, after, ms * stretch, signal),
        append: async (id, slot) => {
          const result = await log.append(id, slot);
          if (result === "appended") this.watch.appended(id, slot);
          return result;
        },
      },
      threads: createThreads(options),
      runs: this.#refusing(createRuns(options)),
      inputs: createInputs(options),
      webhooks: createWebhooks(options),
      sender: {
        complaint: () => undefined,
        isSlow: () => false,
        send: (_url, body) => this.#deliverWebhook(clock, body),
      },
      queue: { send: (ref, delayMs) => this.queue.send(ref, delayMs) },
      checkpoints,
      assistants: createAssistants(options),
      updates: createStateUpdates(options),
      crons: createCrons(options),
      engine: scriptedEngine({
        dice: this.dice,
        faults: this.faults,
        clock,
        checkpointId: () => this.#checkpointId(),
        watch: {
          loaded: (invocation, checkpoint_id) => this.watch.loaded(invocation, checkpoint_id),
          ending: ({ run_id }) => this.onEnding(run_id),
          starts: (invocation, task_id) => this.watch.starts(invocation, task_id),
          read: (_invocation, task_id, values) => this.watch.read(task_id, values),
        },
        hasty: this.switches.hasty ?? false,
        ...(this.switches.unguarded && { unguarded: checkpoints }),
      }),
    };
    return this.switches.ports?.(ports, process) ?? ports;
  }

  /** A success that the table does not take, however often it is asked. */
  #refusing(runs: Runs): Runs {
    const finish: Runs["finish"] = (transaction) => {
      const { run, result } = transaction;
      if (result.status !== "success" || !this.#isRefused(run.run_id)) return runs.finish(transaction);
      return Promise.reject(new Impossible("too large"));
    };
    return { ...runs, finish };
  }

  #isRefused(run_id: string): boolean {
    const { beyond } = this.faults;
    const refused = this.#refused.get(run_id) ?? (beyond > 0 && this.dice.chance(beyond));
    this.#refused.set(run_id, refused);
    return refused;
  }

  async #deliverWebhook(clock: Clock, body: string): Promise<"delivered" | "failed"> {
    const { run_id } = JSON.parse(body) as { run_id: string };
    await clock.sleep(this.dice.between(10, 2_000));
    if (this.time.now < CALM_AFTER && this.dice.chance(0.3)) return "failed";
    this.watch.told.add(run_id);
    return "delivered";
  }

  #checkpointId(): string {
    return `${String(Math.floor(this.time.now)).padStart(9, "0")}-${String(++this.#ids).padStart(6, "0")}`;
  }

  /** Ordered by the clock of the process, as version 7 is. */
  #uuid(process?: Process): string {
    const time = (EPOCH + Math.floor(this.time.now + this.time.stepped + (process?.skew ?? 0)))
      .toString(16)
      .padStart(12, "0");
    const rest = this.dice.hex(18);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6)}`;
  }

  #noteTrouble(process: Process): void {
    if (process.role === "worker" && process.run_id !== undefined) this.watch.trouble.add(process.run_id);
  }

  #changed(changes: Change[]): void {
    for (const change of changes) {
      const described = this.#traced && describeChange(change, (run_id) => this.watch.name(run_id));
      if (described) this.say(() => described);
      const process = this.#processes.get(change.by.split(".")[0] ?? "");
      const claims = change.after?.["epoch"] !== undefined && change.after["epoch"] !== change.before?.["epoch"];
      if (claims && process?.role === "worker" && process.isAt(change.by)) this.#claimed(process);
    }
    this.watch.onChanges(changes);
    this.transitions.onChanges(changes);
  }

  #claimed(process: Process): void {
    process.hasClaimed = true;
    if (this.dice.chance(this.faults.slowFirst)) this.#freeze(process);
  }

  #freeze(process: Process): void {
    process.frozenUntil = this.time.now + this.dice.between(20_000, 100_000);
    this.say(() => `${process.name} FREEZES for ${Math.round((process.frozenUntil - this.time.now) / 1000)} s`);
    this.#noteTrouble(process);
  }

  /** Before every event of a process: what may befall it. */
  #strike(process: Process): void {
    const { dice, faults } = this;
    if (dice.chance(faults.crash)) return this.crash(process, "");
    if (process.role !== "worker") return;
    if (process.hasClaimed && dice.chance(faults.poison)) return this.crash(process, "as always");
    if (!process.isFrozen && dice.chance(faults.freeze)) this.#freeze(process);
  }
}
