/** The port of stored keys: those of clients, the secret of what is in front of the server, and the one that signs webhooks. */

export interface StoredKeys<K = string> {
  /** The keys, or what is known of them. Rejects if they cannot be read. */
  known(): Promise<readonly K[]>;
  /** The keys as they are stored now, read again for an unknown key; undefined if they were just read. Rejects as `known` does. */
  renewed(): Promise<readonly K[] | undefined>;
}
