/** The port of stored keys: client keys, and the one that signs webhooks. */

export interface StoredKeys {
  /** The keys, those of clients as SHA-256 hashes in hexadecimal. Rejects if they cannot be read. */
  known(): Promise<readonly string[]>;
  /** The keys as they are stored now, read again for an unknown key; undefined if they were just read. Rejects as `known` does. */
  renewed(): Promise<readonly string[] | undefined>;
}
