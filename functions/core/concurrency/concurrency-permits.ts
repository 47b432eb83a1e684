/** The port of stream permits: a client key holds one for each open answer and has a fixed number. Must not know what a key is. */
export interface ConcurrencyPermits {
  /**
   * Takes one of the key's `most` permits, for as long as a function may live.
   * @returns undefined if all are taken
   * @param key a name that stands for the key, never the key itself
   */
  take(key: string, most: number): Promise<ConcurrencyPermit | undefined>;
}

export interface ConcurrencyPermit {
  /** Gives the permit back. Never rejects: if this fails, the permit is free again when its lease is over. */
  release(): Promise<void>;
}
