/**
 * Orders the events of a run: an event that announces a finished task enters the log only once the task's writes are stored (model rule
 * writesBeforeAnnouncement). Events behind it keep their order, except those that writes have to wait for.
 */
import type { CheckpointHead } from "../checkpoint/checkpoint-port.ts";
import type { Clock } from "../ports.ts";
import type { EventSink, Urgency } from "../run/execute/engine-port.ts";
import { type Backlog, type Flushed, type LogWriter, sizeOf } from "./log-writer.ts";
import type { LogEvent } from "./slot.ts";

/** The checkpoint of a graph that is put, or that writes belong to. */
export type CheckpointInThread = Pick<CheckpointHead, "ns" | "checkpoint_id">;

/** Writes of a task on their way to the store, numbered as they begin. */
interface Storing {
  number: number;
  checkpoint_id: string;
  settled: Promise<void>;
}

interface Waiting {
  event: LogEvent;
  urgency: Urgency;
  ns: string;
  /** The last of the writes that it waits for; 0 = none, it only keeps its position. */
  upTo: number;
}

export class OrderedEvents implements EventSink {
  readonly #writer: Pick<LogWriter, "emit" | "flush" | "checkRoom">;
  readonly #clock: Pick<Clock, "turn">;
  #waiting: Waiting[] = [];
  /** By namespace, the oldest first. */
  readonly #storing = new Map<string, Set<Storing>>();
  readonly #backlog: Backlog = { events: 0, characters: 0 };
  #begun = 0;
  #closed = false;

  constructor(writer: Pick<LogWriter, "emit" | "flush" | "checkRoom">, clock: Pick<Clock, "turn">) {
    this.#writer = writer;
    this.#clock = clock;
  }

  emit(event: LogEvent, urgency: Urgency): void {
    if (this.#closed) return;
    if (urgency === "held" || this.#waiting.length === 0) this.#writer.emit(event, urgency);
    else this.#wait({ event, urgency, ns: "", upTo: 0 });
  }

  announce(event: LogEvent, ns: string): void {
    if (!this.#storing.has(ns)) this.emit(event, "structural");
    else if (!this.#closed) this.#wait({ event, urgency: "structural", ns, upTo: this.#begun });
  }

  /** Events that announce tasks of this graph wait for `stored` from now on. If it rejects, they are dropped. */
  storing({ ns, checkpoint_id }: CheckpointInThread, stored: Promise<unknown>): void {
    const number = ++this.#begun;
    const all = this.#storing.get(ns) ?? new Set();
    const settle = (isStored: boolean): void => {
      all.delete(one);
      if (all.size === 0) this.#storing.delete(ns);
      if (!isStored) this.#take((event) => event.ns === ns && event.upTo >= number);
      this.#pass();
    };
    const settled = stored.then(
      () => settle(true),
      () => settle(false),
    );
    const one = { number, checkpoint_id, settled };
    this.#storing.set(ns, all.add(one));
  }

  /**
   * Resolves when the events that must precede a put are in the log, or never will be. A head waits for all events of its superstep. Writes
   * (no `head`) wait only for events that wait for nothing, otherwise a put could wait for itself.
   */
  async flushBefore(head?: CheckpointInThread): Promise<Flushed> {
    // LangGraph's stream may deliver an event one turn of the event loop after the put that follows it.
    await this.#clock.turn();
    const later = head && this.#oldestOf(head.ns, ({ checkpoint_id }) => checkpoint_id >= head.checkpoint_id);
    const isOfHead = ({ ns, upTo }: Waiting): boolean => ns === head?.ns && upTo < (later ?? Infinity);
    return this.#flush(this.#waiting.filter((event) => this.#isFree(event) || isOfHead(event)));
  }

  /** Resolves when everything emitted so far is in the log, or never will be. */
  flush(): Promise<Flushed> {
    return this.#flush(this.#waiting);
  }

  /** No event is taken any more; those that wait are handed on or dropped when it resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#settled(this.#waiting);
  }

  async #flush(due: readonly Waiting[]): Promise<Flushed> {
    await this.#settled(due);
    const passing = new Set(due);
    this.#passOn(this.#take((event) => passing.has(event)));
    return this.#writer.flush();
  }

  /** Resolves when everything that these events wait for has settled. */
  async #settled(events: readonly Waiting[]): Promise<void> {
    const last = new Map<string, number>();
    for (const { ns, upTo } of events) last.set(ns, Math.max(last.get(ns) ?? 0, upTo));
    const awaited = [...last].flatMap(([ns, upTo]) =>
      [...(this.#storing.get(ns) ?? [])].filter(({ number }) => number <= upTo),
    );
    await Promise.all(awaited.map(({ settled }) => settled));
  }

  #oldestOf(ns: string, isMeant: (one: Storing) => boolean): number | undefined {
    for (const one of this.#storing.get(ns) ?? []) if (isMeant(one)) return one.number;
    return undefined;
  }

  #isFree({ ns, upTo }: Waiting): boolean {
    return upTo === 0 || (this.#oldestOf(ns, () => true) ?? Infinity) > upTo;
  }

  /** Passes events on, up to the first that has to wait. */
  #pass(): void {
    let isBlocked = false;
    this.#passOn(this.#take((event) => !(isBlocked ||= !this.#isFree(event))));
  }

  #wait(event: Waiting): void {
    this.#writer.checkRoom(event.event, this.#backlog);
    this.#waiting.push(event);
    this.#backlog.events++;
    this.#backlog.characters += sizeOf(event.event);
  }

  #take(isMeant: (event: Waiting) => boolean): Waiting[] {
    const { true: taken = [], false: left = [] } = Object.groupBy(this.#waiting, (event) => `${isMeant(event)}`);
    this.#waiting = left;
    this.#backlog.events -= taken.length;
    for (const { event } of taken) this.#backlog.characters -= sizeOf(event);
    return taken;
  }

  #passOn(events: readonly Waiting[]): void {
    for (const { event, urgency } of events) this.#writer.emit(event, urgency);
  }
}
