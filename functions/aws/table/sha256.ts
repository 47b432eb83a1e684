/**
 * SHA-256 and HMAC for the SDK's signer, on Node's one-shot hash with keys prepared once. The SDK's own class costs every request twice as
 * much. Must not be used for anything but signatures.
 */
import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

type Source = string | ArrayBuffer | ArrayBufferView;

const bytesOf = (source: Source): Uint8Array =>
  typeof source === "string"
    ? Buffer.from(source)
    : ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);

/** Signing keys of a day. The SDK passes the same object each time, so the map holds it as long as the SDK does. */
const keys = new WeakMap<object, KeyObject>();

/** The last secret given as text: the SDK hashes the credentials at every request to look up its cached keys. */
let last: { text: string; key: KeyObject } | undefined;

function keyOf(secret: Source): KeyObject {
  if (typeof secret === "string") {
    if (last?.text !== secret) last = { text: secret, key: createSecretKey(secret, "utf8") };
    return last.key;
  }
  const key = keys.get(secret) ?? createSecretKey(bytesOf(secret));
  keys.set(secret, key);
  return key;
}

export class Sha256 {
  readonly #key: KeyObject | undefined;
  #chunks: Uint8Array[] = [];

  /** @param secret makes it an HMAC */
  constructor(secret?: Source) {
    this.#key = secret === undefined ? undefined : keyOf(secret);
  }

  update(chunk: Source): void {
    this.#chunks.push(bytesOf(chunk));
  }

  async digest(): Promise<Uint8Array> {
    const [first = new Uint8Array(), ...more] = this.#chunks;
    const data = more.length ? Buffer.concat(this.#chunks) : first;
    return this.#key ? createHmac("sha256", this.#key).update(data).digest() : hash("sha256", data, "buffer");
  }

  reset(): void {
    this.#chunks = [];
  }
}
