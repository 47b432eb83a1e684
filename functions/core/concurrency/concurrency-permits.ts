/** The port of concurrency permits: a client key has a fixed number of them and holds one for each open response. */
export interface ConcurrencyPermits {
  /**
   * Takes one of the key's `most` permits, for at most the lifetime of a function.
   * @returns undefined if all are taken
   * @param key a name derived from the key, never the key itself
   */
  take(key: string, most: number): Promise<ConcurrencyPermit | undefined>;
}

export interface ConcurrencyPermit {
  /** Gives the permit back. Never rejects: if this fails, the permit is free again when its lease is over. */
  release(): Promise<void>;
}
