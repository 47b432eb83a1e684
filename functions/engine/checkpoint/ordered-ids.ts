/**
 * The ids under which a run's checkpoints are stored. The one that sorts last counts as newest, so a clock step could hide new work. An id
 * that would sort before its parent is stored as the next one after it; LangGraph keeps its own, which task ids derive from.
 */
export class OrderedIds {
  /** Every new id sorts after this one; '' = no limit. */
  readonly #floor: string;
  /** The newest known, by namespace. */
  readonly #newest = new Map<string, string>();
  /** LangGraph's id → the stored id. */
  readonly #kept = new Map<string, string>();
  /** Resolves when no lookup is under way. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor(floor = "") {
    this.#floor = floor;
  }

  /** The stored id of a checkpoint, by LangGraph's id or the stored one. */
  of(id: string): string {
    return this.#kept.get(id) ?? id;
  }

  /** A checkpoint was read: its stored id, and LangGraph's. */
  read(ns: string, kept: string, own: string): void {
    this.#kept.set(own, kept);
    this.#kept.set(kept, kept);
    if (kept > this.#newestOf(ns)) this.#newest.set(ns, kept);
  }

  /** The stored id of a checkpoint that is put. */
  put(ns: string, own: string): string {
    const known = this.#kept.get(own);
    if (known !== undefined) return known;
    const newest = this.#newestOf(ns);
    const kept = own > newest ? own : (idAfter(newest, own) ?? own);
    this.#kept.set(own, kept);
    this.#newest.set(ns, kept);
    return kept;
  }

  /**
   * The stored id of a checkpoint that a task writes to, perhaps before it is put.
   * @param exists called for an id that was neither read nor put and is older than others. If it does not exist, it will be put
   */
  async writtenTo(ns: string, own: string, exists: () => Promise<boolean>): Promise<string> {
    if (this.#kept.has(own) || own > this.#newestOf(ns)) return this.put(ns, own);
    // One lookup after the other: ids are assigned in the order in which they are first written to.
    const asked = this.#asked.then(async () => {
      if (!this.#kept.has(own) && (await exists()) && !this.#kept.has(own)) this.#kept.set(own, own);
      return this.put(ns, own);
    });
    this.#asked = asked.catch(() => undefined);
    return asked;
  }

  #newestOf(ns: string): string {
    return this.#newest.get(ns) ?? this.#floor;
  }
}

/** The stored id, by LangGraph's id or the stored one. */
export type IdOf = (id: string | undefined) => string | undefined;

/** UUID version 6: the time comes first, 32 and 16 bits, then 12 bits behind the version. */
const UUID6 = /^([0-9a-f]{8})-([0-9a-f]{4})-6([0-9a-f]{3})(-[0-9a-f]{4}-[0-9a-f]{12})$/;
const TIME_BITS = 60;

/** The next time after `newest`, with the rest of `own`; undefined if one of them is no UUID of version 6. */
function idAfter(newest: string, own: string): string | undefined {
  const [, high, mid, low] = UUID6.exec(newest) ?? [];
  const [, , , , rest] = UUID6.exec(own) ?? [];
  if (high === undefined || mid === undefined || low === undefined || rest === undefined) return undefined;
  const ticks = BigInt.asUintN(TIME_BITS, BigInt(`0x${high}${mid}${low}`) + 1n);
  const digits = ticks.toString(16).padStart(TIME_BITS / 4, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-6${digits.slice(12)}${rest}`;
}
