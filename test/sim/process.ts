/** A process of the simulated world: a sandbox of a function. It can crash, freeze and be used again for another invocation. */
import type { Clock } from "../../functions/core/ports.ts";
import { createClock, type TimeSource } from "../../functions/host/clock-and-ids.ts";
import type { Actor } from "./virtual-time.ts";

export type Role = "worker" | "reader" | "api" | "sweeper";

export class Process implements Actor {
  /** `<role><number>.<invocation>`: requests and claims are told apart by it. */
  name = "";
  dead = false;
  frozenUntil = 0;
  readonly skew: number;
  readonly role: Role;
  /** ms of virtual time. */
  readonly bornAt: number;
  /** The run that the invocation is about. */
  run_id: string | undefined;
  /** A worker that has claimed a run in this invocation. */
  hasClaimed = false;
  /** What it remembers of steps is its own. */
  readonly clock: Clock;
  /** Who waits for the invocation learns of its death. */
  onCrash: () => void = () => undefined;
  readonly #base: string;
  readonly #time: TimeSource;
  #invocations = 0;

  constructor(of: { role: Role; number: number; skew: number; time: TimeSource }) {
    this.role = of.role;
    this.skew = of.skew;
    this.bornAt = of.time.monotonic();
    this.clock = createClock(of.time);
    this.#base = `${of.role}${of.number}`;
    this.#time = of.time;
    this.begin(undefined);
  }

  begin(run_id: string | undefined): void {
    this.name = `${this.#base}.${++this.#invocations}`;
    this.run_id = run_id;
    this.hasClaimed = false;
  }

  get isFrozen(): boolean {
    return this.frozenUntil > this.#time.monotonic();
  }

  /** Alive and still in the invocation of this name. */
  isAt(name: string | undefined): boolean {
    return !this.dead && this.name === name;
  }
}
