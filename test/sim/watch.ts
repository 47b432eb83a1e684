/** What must hold at every moment, checked after every change of the table; the record itself is checked by test/support/invariants.ts. */
import { isDeepStrictEqual } from "node:util";
import { claimOf } from "../../functions/aws/checkpoint/items.ts";
import { toSlot } from "../../functions/aws/log/slot-items.ts";
import { runKey, slotKey } from "../../functions/aws/table/keys.ts";
import { toRun, toThread } from "../../functions/aws/table/row-items.ts";
import type { Slot } from "../../functions/core/log/slot.ts";
import type { Invocation } from "../../functions/core/run/execute/engine-port.ts";
import { isFinal, type RunRow } from "../../functions/core/run/run-row.ts";
import { NO_PROGRESS_CLAIMS, LEASE, redriveAfter } from "../../functions/core/run/timings.ts";
import type { Invariant, Violation } from "../support/invariants.ts";
import { disagreements, mattersToRows } from "./agreement.ts";
import { Announced } from "./announced.ts";
import { wrongDeletion } from "./deletions.ts";
import type { Faults } from "./faults.ts";
import { newestVisible, rootHeads, seesClosedWrites } from "./heads.ts";
import type { Process } from "./process.ts";
import { nameOf } from "./scripted-engine.ts";
import type { Change, Table } from "./table.ts";
import { isOfUpdate, textsIn, writesIn } from "./writes-in.ts";

interface Known {
  name: string;
  gen: number;
  /** Claims to run, their epochs. */
  claims: number[];
  claimedAt: number;
  sends: number;
  unclearSends: number;
  lostSends: number;
  createdAt: number;
  endedAt?: number;
}

export interface WatchOptions {
  table: Table;
  thread_id: string;
  faults: Faults;
  now: () => number;
  /** When the wall clock was last set. */
  steppedAt: () => number;
  /** By the name that an actor had when it sent its request. */
  process: (name: string) => Process | undefined;
  say: (text: () => string) => void;
}

export class Watch {
  readonly violations: Violation[] = [];
  readonly runs = new Map<string, Known>();
  readonly accepted: string[] = [];
  /** Runs whose worker died, froze or could not reach the table: they may lose an attempt. */
  readonly trouble = new Set<string>();
  /** Runs whose webhook was delivered. */
  readonly told = new Set<string>();
  readonly #options: WatchOptions;
  /** Owner nonce → who claimed with it. */
  readonly #owners = new Map<string, string>();
  readonly #released = new Set<string>();
  readonly #slots = new Map<string, string>();
  /** When each root checkpoint was put. */
  readonly #putAt = new Map<string, number>();
  readonly #announced = new Announced();
  readonly #loaded = new Map<string, { epoch: number; checkpoint_id: string }>();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  violate(invariant: Invariant, text: string): void {
    this.#options.say(() => `!! ${invariant} ${text}`);
    this.violations.push({ invariant, text });
  }

  name(run_id: string | null | undefined): string {
    return run_id ? (this.runs.get(run_id)?.name ?? run_id) : String(run_id);
  }

  onChanges(changes: Change[]): void {
    for (const change of changes) {
      const { pk, sk } = change.key;
      if (pk.startsWith("L#")) this.#slot(change);
      else if (pk.startsWith("T#") && sk.startsWith("R#")) this.#run(change);
      else if (pk.startsWith("T#") && sk === "A") this.#thread(change);
      else if (sk.startsWith("W#") && !isOfUpdate(change, changes)) this.#writes(change);
      else if (sk.startsWith("H##")) this.#putAt.set(sk.slice("H##".length), change.at);
    }
    if (changes.some(mattersToRows)) this.#rows();
    if (changes.some(({ key }) => key.sk.startsWith("H##") || key.sk.startsWith("E#"))) this.#heads();
  }

  // ---- what processes report ----

  sent(run_id: string, lost: boolean): void {
    const known = this.runs.get(run_id);
    if (!known) return;
    known.sends++;
    if (lost) known.lostSends++;
  }

  unclear(run_id: string): void {
    const known = this.runs.get(run_id);
    if (known) known.unclearSends++;
  }

  /** A writer has been told that its slot is in the log. */
  appended(thread_id: string, { slot, payload }: Slot): void {
    const item = this.#options.table.get(slotKey(thread_id, slot));
    const stored = item?.["p"];
    if (stored instanceof Uint8Array && !Buffer.from(stored).equals(payload))
      this.violate("I2", `slot ${slot} holds other bytes than its writer believes`);
  }

  loaded({ run_id, claim }: Invocation, checkpoint_id: string): void {
    this.#loaded.set(run_id, { epoch: claim.epoch, checkpoint_id });
    this.#options.say(() => `${this.name(run_id)} epoch ${claim.epoch} goes on from ${checkpoint_id || "nothing"}`);
  }

  /** What an overtaken claim starts is seen by nobody. */
  starts({ run_id, claim }: Invocation, task_id: string): void {
    const row = this.#options.table.get(runKey(this.#options.thread_id, run_id));
    if (!row || toRun(row).epoch !== claim.epoch) return;
    const epoch = this.#announced.epochOf(run_id, task_id);
    if (epoch !== undefined && epoch < claim.epoch)
      this.violate("I7", `epoch ${claim.epoch} runs ${task_id} again, which epoch ${epoch} has announced as done`);
  }

  read(task_id: string, values: string[]): void {
    const epochs = new Set(values.map((value) => value.split("@")[1]));
    const widths = new Set(values.map((value) => value.split("/")[1]?.split("@")[0]));
    if (epochs.size > 1) this.violate("I4", `the writes of ${task_id} mix two claims: ${values.join(" ")}`);
    else if (values.length && !widths.has(String(values.length)))
      this.violate("I7", `the writes of ${task_id} are not whole: ${values.join(" ")}`);
  }

  // ---- single changes ----

  #slot({ key, before, after }: Change): void {
    if (!after) return;
    const slot = toSlot({ ...after, ...key }, 0);
    if (before) this.violate("I1", `slot ${slot.slot} was written twice`);
    const bytes = `${slot.run_id} ${slot.nonce} ${Buffer.from(slot.payload).toString("base64")}`;
    const id = `${key.pk} ${slot.slot}`;
    const earlier = this.#slots.get(id);
    if (earlier !== undefined && earlier !== bytes)
      this.violate("I2", `slot ${slot.slot} has existed with other bytes`);
    this.#slots.set(id, bytes);
    this.#announced.told(slot);
  }

  #run({ at, before, after, by }: Change): void {
    const was = before && toRun(before);
    const is = after && toRun(after);
    if (!is) return;
    if (!was) return this.#created(is, at);
    if (isFinal(was) && is.status === "deleted" && was.status !== "deleted") {
      const how = { by, name: (run_id: string) => this.name(run_id) };
      for (const { invariant, text } of wrongDeletion(this.#options.table, is, how)) this.violate(invariant, text);
    } else if (isFinal(was) && is.status !== was.status)
      this.violate("I1", `${this.name(is.run_id)} went from ${was.status} to ${is.status}`);
    if (was.starts_at !== undefined && is.starts_at === undefined) this.#takesItsPlace(is.run_id);
    if (is.epoch > was.epoch) this.#claimed(was, is, by, at);
    else if (is.status === "running" && is.handed_off && !was.handed_off) this.#handed(is, by);
    if (isFinal(is) && !isFinal(was)) this.#ended(was, is, by, at);
  }

  #created(run: RunRow, at: number): void {
    const name = nameOf(run.metadata);
    // Every client asks under a name, and repeats only with a key; a new life of the thread knows nothing of the old one's runs.
    const twins = [...this.runs.values()].filter((other) => other.name === name && other.gen === run.gen);
    if (twins.length) this.violate("I8", `${name} was created twice under one key`);
    const facts = { claims: [], claimedAt: 0, sends: 0, unclearSends: 0, lostSends: 0, createdAt: at };
    this.runs.set(run.run_id, { name, gen: run.gen, ...facts });
    this.#takesItsPlace(run.run_id);
  }

  /** From its creation, or, delayed, from its time on. */
  #takesItsPlace(run_id: string): void {
    if (this.accepted.includes(run_id)) this.accepted.splice(this.accepted.indexOf(run_id), 1);
    this.accepted.push(run_id);
  }

  #claimed(was: RunRow, is: RunRow, by: string, at: number): void {
    if (is.status !== "running") return;
    this.#owners.set(is.owner, by);
    const owner = was.status === "running" ? this.#owners.get(was.owner) : undefined;
    const process = owner === undefined ? undefined : this.#options.process(owner);
    const name = this.name(is.run_id);
    if (was.status === "running" && was.handed_off && !this.#released.has(was.owner))
      this.violate("I7", `${by} took ${name} from ${owner}, which had not given it up`);
    if (is.opening === "none") return;
    const known = this.runs.get(is.run_id);
    known?.claims.push(is.epoch);
    if (known) known.claimedAt = at;
    const isExcused = this.trouble.has(is.run_id) || this.#options.faults.skew || this.#isMisled(by, at);
    if (is.attempt > was.attempt && is.attempt > 1 && !isExcused)
      this.violate("I3", `an attempt of ${name} was lost by ${owner} without any trouble`);
    if (process?.isAt(owner) && !process.isFrozen && !was.handed_off) this.trouble.add(is.run_id);
  }

  /** A process that began after a step knows nothing of it, and takes a lease that was not renewed yet for one that is over. */
  #isMisled(by: string, at: number): boolean {
    const stepped = this.#options.steppedAt();
    return at - stepped < LEASE && (this.#options.process(by)?.bornAt ?? 0) > stepped;
  }

  #handed(run: RunRow & { owner?: string }, by: string): void {
    const owner = run.owner ?? "";
    this.#released.add(owner);
    if (this.#owners.get(owner) !== by)
      this.violate("I7", `${by} gave ${this.name(run.run_id)} away, which ${this.#owners.get(owner)} holds`);
  }

  #ended(was: RunRow, is: RunRow, by: string, at: number): void {
    const known = this.runs.get(is.run_id);
    if (known) known.endedAt = at;
    const owner = was.status === "running" ? this.#owners.get(was.owner) : undefined;
    if (owner !== undefined && owner !== by)
      this.violate("I4", `${by} ended ${this.name(is.run_id)}, which ${owner} holds`);
    const error = "error" in is ? is.error : undefined;
    if (is.status !== "error" || !error || !known) return;
    // Their graphs did fail, or what they had to say cannot be written.
    const isBeyond = error.error === "TooLarge" || error.message.startsWith("the end of the run cannot be written");
    if (this.#options.faults.beyond > 0 && isBeyond) return;
    const isExcused = this.trouble.has(is.run_id) || this.#options.faults.skew || known.lostSends > 5;
    if (error.error !== "RunLost" || !isExcused)
      this.violate("I3", `${known.name} ended with ${error.error} (${error.message}) although its graph did not fail`);
    // A sweep ends what nobody holds by the row alone; a worker has claimed it first and looks at the checkpoints again.
    const byWorker = was.status === "running" && was.opening !== "none";
    if (byWorker && error.message.includes("progress") && this.#hadProgress(is, known))
      this.violate("I3", `${known.name} was given up although its claims made progress`);
  }

  /** A checkpoint of the last claims in a row that was there before the last of them began. */
  #hadProgress(run: RunRow, { claims, claimedAt }: Known): boolean {
    const { table, thread_id } = this.#options;
    const since = claims.at(-NO_PROGRESS_CLAIMS - 1) ?? 0;
    return rootHeads(table, thread_id).some(({ checkpoint_id, claim: text }) => {
      const claim = claimOf(text);
      if (!claim || claim.log_start !== run.log_start || claim.epoch < since) return false;
      return checkpoint_id > (run.last_checkpoint_id ?? "") && (this.#putAt.get(checkpoint_id) ?? Infinity) < claimedAt;
    });
  }

  #thread({ before, after }: Change): void {
    if (!after) return;
    const was = before && toThread(before);
    const is = toThread(after);
    if (was && is.rev <= was.rev) this.violate("I6", `the thread's revision went from ${was.rev} to ${is.rev}`);
    if (was && is.log_tail < was.log_tail) this.violate("I2", `log_tail went from ${was.log_tail} to ${is.log_tail}`);
  }

  /** An item is of one claim, and what that writes after it was closed is seen by nobody. */
  #writes({ key, before, after }: Change): void {
    if (!after || isDeepStrictEqual(writesIn(before), writesIn(after))) return;
    this.read(key.sk, textsIn(after));
    const { table, thread_id } = this.#options;
    if (seesClosedWrites(table, thread_id, { ...after, ...key }))
      this.violate("I4", `${key.sk} became visible after its claim was closed`);
  }

  #rows(): void {
    const { table, thread_id, faults } = this.#options;
    const how = { thread_id, name: (run_id: string) => this.name(run_id), expiry: faults.expiry };
    for (const { invariant, text } of disagreements(table, how)) this.violate(invariant, text);
  }

  /** Nothing of an older claim becomes the newest checkpoint after a newer claim has loaded its own. */
  #heads(): void {
    const { table, thread_id } = this.#options;
    const item = table.get({ pk: `T#${thread_id}`, sk: "A" });
    const active = item && !toThread(item).deleted ? toThread(item).active_run : null;
    const row = active === null ? undefined : table.get({ pk: `T#${thread_id}`, sk: `R#${active}` });
    const run = row && toRun(row);
    const loaded = run && this.#loaded.get(run.run_id);
    const top = run && newestVisible(table, thread_id);
    if (!run || !loaded || !top || run.status !== "running" || loaded.epoch !== run.epoch) return;
    const claim = claimOf(top.claim);
    const isOlder = !claim || claim.log_start !== run.log_start || claim.epoch < run.epoch;
    if (isOlder && top.checkpoint_id > loaded.checkpoint_id)
      this.violate(
        "I4",
        `checkpoint ${top.checkpoint_id} of claim ${top.claim} became the newest after epoch ${run.epoch} of ${this.name(run.run_id)} had loaded ${loaded.checkpoint_id || "nothing"}`,
      );
  }

  /** Every send needs a reason: a claim to make it void, or time. */
  checkSends(): void {
    for (const [, run] of this.runs) {
      const minutes = ((run.endedAt ?? this.#options.now()) - run.createdAt) / redriveAfter(3);
      const budget = 5 * (run.claims.length + 1) + run.unclearSends + Math.ceil(minutes);
      if (run.sends > budget) this.violate("I10", `${run.sends} sends of ${run.name}, budget ${budget}`);
    }
  }
}
