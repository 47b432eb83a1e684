/**
 * Time that only moves when nothing is left to do: events in a heap, one at a time, every microtask in between. An event belongs to an
 * actor (a process of the simulated world): crashed ones get no event any more, frozen ones get theirs late. Must not know what actors do.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export interface Actor {
  name: string;
  dead: boolean;
  /** ms of virtual time; its events wait until then. */
  frozenUntil: number;
  /** ms that its clock is ahead. */
  skew: number;
}

export interface Entry {
  at: number;
  order: number;
  actor: Actor | undefined;
  fire: (() => void) | undefined;
  /** Belongs to the world, not to anything under way: the end need not wait for it. */
  isBackground?: boolean;
}

/** Dates of the simulated world begin here; virtual times count from it. */
export const EPOCH = Date.UTC(2030, 0, 1);

export class VirtualTime {
  now = 0;
  /** ms by which the wall clock of all was set, either way, and when it was last. */
  stepped = 0;
  steppedAt = Number.NEGATIVE_INFINITY;
  /** Events that were carried out: what a seed costs. */
  steps = 0;
  /** Asked before an actor gets an event; may crash or freeze it. */
  beforeEvent: (actor: Actor) => void = () => undefined;
  readonly #heap: Entry[] = [];
  #immediates: Entry[] = [];
  readonly #context = new AsyncLocalStorage<Actor>();
  /** Entering a context anew at every event would be most of what a seed costs. */
  readonly #entries = new WeakMap<Actor, <T>(task: () => T) => T>();
  #order = 0;

  /** The actor whose code is running. */
  get actor(): Actor | undefined {
    return this.#context.getStore();
  }

  /** ms since 1970, as the running actor's wall clock shows it. */
  read(): number {
    return EPOCH + Math.floor(this.now + this.stepped + (this.actor?.skew ?? 0));
  }

  /** Sets the wall clock of all. */
  step(ms: number): void {
    this.stepped += ms;
    this.steppedAt = this.now;
  }

  /** Runs `task` as the actor, now; it goes on as that actor after every await. */
  as<T>(actor: Actor, task: () => T): T {
    let enter = this.#entries.get(actor);
    if (!enter) {
      enter = this.#context.run(actor, () => AsyncLocalStorage.snapshot());
      this.#entries.set(actor, enter);
    }
    return enter(task);
  }

  after(ms: number, actor: Actor | undefined, fire: () => void): Entry {
    const entry = { at: this.now + Math.max(ms, 0), order: this.#order++, actor, fire };
    push(this.#heap, entry);
    return entry;
  }

  soon(actor: Actor | undefined, fire: () => void): Entry {
    const entry = { at: this.now, order: this.#order++, actor, fire };
    this.#immediates.push(entry);
    return entry;
  }

  cancel(entry: Entry): void {
    entry.fire = undefined;
  }

  /** As the port Clock has it: a timer of the running actor, or what is to be done when all that is ready has run. */
  schedule(fire: () => void, ms?: number): () => void {
    // As Node has it: less than a millisecond is one.
    const entry = ms === undefined ? this.soon(this.actor, fire) : this.after(Math.max(ms, 1), this.actor, fire);
    return () => this.cancel(entry);
  }

  background(ms: number, fire: () => void): void {
    this.after(ms, undefined, fire).isBackground = true;
  }

  /** Something is under way: a living actor waits, or a request or message has not arrived. */
  get isBusy(): boolean {
    return this.#heap.some((entry) => entry.fire && !entry.actor?.dead && !entry.isBackground);
  }

  /** Until `over` says so, asked before every event, or until there is none. */
  run(over: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (!this.#immediates.length && over()) return resolve();
          const entry = this.#immediates.shift() ?? pop(this.#heap);
          if (!entry) return resolve();
          this.#carryOut(entry);
        } catch (error) {
          return reject(error);
        }
        // The tick comes when the queue of microtasks is empty, however long it grows meanwhile.
        queueMicrotask(() => process.nextTick(step));
      };
      step();
    });
  }

  #carryOut(entry: Entry): void {
    const { actor } = entry;
    if (!entry.fire || actor?.dead) return;
    if (actor && actor.frozenUntil > Math.max(entry.at, this.now)) return this.#later(entry, actor.frozenUntil);
    this.now = Math.max(this.now, entry.at);
    if (actor) this.beforeEvent(actor);
    if (actor?.dead) return;
    if (actor && actor.frozenUntil > this.now) return this.#later(entry, actor.frozenUntil);
    this.steps++;
    const { fire } = entry;
    entry.fire = undefined;
    if (actor) this.as(actor, fire);
    else fire();
  }

  #later(entry: Entry, at: number): void {
    entry.at = at;
    push(this.#heap, entry);
  }
}

const comesBefore = (one: Entry, other: Entry): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (!above || !comesBefore(entry, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let smaller = heap[child];
    if (!smaller) break;
    const right = heap[child + 1];
    if (right && comesBefore(right, smaller)) {
      child++;
      smaller = right;
    }
    if (!comesBefore(smaller, last)) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = last;
  return first;
}
