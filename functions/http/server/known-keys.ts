/** The port of known client keys. */

export interface KeyRing {
  /** As they are read: of clients, SHA-256 hashes in hexadecimal. Rejects if none can be read. */
  known(): Promise<readonly string[]>;
  /** After a key that is none of them: what is stored now, or undefined if that was read a moment ago. Rejects as `known` does. */
  renewed(): Promise<readonly string[] | undefined>;
}
