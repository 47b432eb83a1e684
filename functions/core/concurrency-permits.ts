/** The port of places for open answers: each client key has a number of them and can hold open no more. Must not know what a key is. */
export interface StreamPlaces {
  /**
   * Takes one of the key's `most` places, for as long as a function may live. Undefined: all are taken.
   * @param key a name that stands for the key, never the key itself
   */
  take(key: string, most: number): Promise<StreamPlace | undefined>;
}

export interface StreamPlace {
  /** Gives the place back. Never rejects: if this fails, the place is free again when its lease is over. */
  release(): Promise<void>;
}
