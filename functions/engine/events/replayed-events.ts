/**
 * Recognises events that a run has sent before: LangGraph, resumed in the middle of a graph, repeats them. What was sent is told to the
 * next claim when the run is handed over. Must not be used after a crash: then nobody knows what was sent last.
 */
import { keepRecent } from "../../core/keep-recent.ts";
import { STREAM_ONLY } from "../../core/stream/stream-only.ts";
import type { EventSink, Invocation } from "../../core/run/execute/engine-port.ts";
import { SENT_NAMESPACES } from "../timings.ts";

/** Of a graph that has not ended: what was sent of it since its last superstep. */
interface Sent {
  /** The checkpoint that it stands at: as it was stored, and as it was shown. */
  head?: string;
  checkpoint?: string;
  updates: number;
  /** Tasks whose start was sent, each with its mode. */
  starts: string[];
}

/** By namespace; a graph that has begun stands in it. */
type AllSent = Record<string, Sent>;

interface Begun extends Omit<Sent, "starts"> {
  /** Of this superstep, and of the last one, since events lag. */
  starts: Set<string>;
  lastStarts: Set<string>;
}

/** What a graph repeats when it is resumed. */
interface Repeated extends Pick<Sent, "head" | "checkpoint" | "updates"> {
  values: boolean;
}

export class ReplayedEvents {
  readonly #begun = new Map<string, Begun>();
  readonly #repeated = new Map<string, Repeated>();

  /** @param sent by the claims before, if the last of them handed the run over */
  constructor(sent: AllSent = {}) {
    for (const [ns, { starts, ...rest }] of Object.entries(sent)) {
      this.#begun.set(ns, { ...rest, starts: new Set(starts), lastStarts: new Set() });
      this.#repeated.set(ns, { ...rest, values: true });
    }
  }

  /** What the next claim is to know. */
  sent(): AllSent {
    const all = [...this.#begun].map(([ns, { head, checkpoint, updates, starts, lastStarts }]): [string, Sent] => [
      ns,
      {
        ...(head !== undefined && { head }),
        ...(checkpoint !== undefined && { checkpoint }),
        updates,
        starts: [...lastStarts, ...starts],
      },
    ]);
    return Object.fromEntries(all);
  }

  /** The graph is started again in the middle of a superstep. `finished` of its tasks have results. */
  goesOn(ns: string, head: string, finished: number): void {
    this.#repeated.set(ns, { head, values: true, updates: finished });
  }

  /** A superstep is over: a head is put. */
  stepOver(ns: string, head: string): void {
    const { starts, lastStarts } = this.#in(ns);
    const last = starts.size > 0 ? starts : lastStarts;
    this.#begun.set(ns, { head, updates: 0, starts: new Set(), lastStarts: last });
    const repeated = this.#repeated.get(ns);
    if (repeated) repeated.updates = 0;
    for (const known of [this.#begun, this.#repeated])
      for (const other of known.keys()) if (other !== ns && isInside(other, ns)) known.delete(other);
  }

  hasValues(ns: string): boolean {
    this.#in(ns);
    const repeated = this.#repeated.get(ns);
    if (!repeated?.values) return false;
    repeated.values = false;
    return true;
  }

  /** @param id of the checkpoint that an event shows */
  hasCheckpoint(ns: string, id: unknown): boolean {
    if (typeof id !== "string") return false;
    const repeated = this.#repeated.get(ns);
    if (id === repeated?.head || id === repeated?.checkpoint) return true;
    this.#in(ns).checkpoint = id;
    return false;
  }

  /** @param isCached LangGraph marks what it has not run; a node's cache does so, too */
  hasUpdates(ns: string, isCached: boolean): boolean {
    const repeated = this.#repeated.get(ns);
    if (isCached && repeated && repeated.updates > 0) {
      repeated.updates--;
      return true;
    }
    this.#in(ns).updates++;
    return false;
  }

  /** @param id of a task, as it starts, of this mode */
  hasStarted(ns: string, id: unknown, mode: "tasks" | "debug"): boolean {
    if (typeof id !== "string" || id === "") return false;
    const start = `${mode} ${id}`;
    const { starts, lastStarts } = this.#in(ns);
    if (starts.has(start) || lastStarts.has(start)) return true;
    starts.add(start);
    return false;
  }

  #in(ns: string): Begun {
    const known = this.#begun.get(ns);
    if (known) return known;
    const begun: Begun = { updates: 0, starts: new Set(), lastStarts: new Set() };
    keepRecent(this.#begun, ns, begun, SENT_NAMESPACES);
    return begun;
  }
}

const isInside = (ns: string, outer: string): boolean => ns.startsWith(outer === "" ? "" : `${outer}|`);

/** Of a run that was not handed over nothing is recognised. */
export const replayedBy = ({ sent }: Pick<Invocation, "sent">): ReplayedEvents =>
  new ReplayedEvents(sent === undefined ? {} : (JSON.parse(sent) as AllSent));

/** Tells the next claim of a run that is handed over. */
export const tellSent = (replayed: ReplayedEvents, sink: EventSink): void =>
  sink.emit({ event: STREAM_ONLY.sent, data: JSON.stringify(replayed.sent()) }, "structural");
