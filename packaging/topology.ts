/** The topology of a graph in a manifest: a hash, the same in all builds in which the graph makes the same of a checkpoint. */
import { createHash } from "node:crypto";

/** Characters of the hash, 66 bits. Every head keeps it, so it is short. */
const CHARACTERS = 11;

/** @param parts what the topology depends on; none contains a zero byte */
export function topologyOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("base64url").slice(0, CHARACTERS);
}
