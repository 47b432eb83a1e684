/** How a manifest names what a graph makes of checkpoints. */
import { createHash } from "node:crypto";

/** Characters of the name, which every checkpoint keeps: 66 bits. */
const CHARACTERS = 11;

/** @param parts what it depends on; none of them contains a zero byte */
export function topologyOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("base64url").slice(0, CHARACTERS);
}
