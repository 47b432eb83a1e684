/** Places for open answers, so many for each key of clients: what bounds how much one of them can hold open. Must not know what a key is. */
export interface StreamPlaces {
  /**
   * Takes one of `most` places of the key, for as long as a function may live. Undefined: all are taken.
   * @param key a name for it, never the key itself
   */
  take(key: string, most: number): Promise<StreamPlace | undefined>;
}

export interface StreamPlace {
  /** Gives it back; what fails is given back by time. Never rejects. */
  release(): Promise<void>;
}
