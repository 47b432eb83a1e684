/**
 * The Idempotency-Key header: for a day the same request with the same key gives the same run, and another request with it is refused. Must
 * not write the key: the run's create transaction does, so that neither exists without the other.
 */
import { createHash } from "node:crypto";
import type { CreateResult } from "./create-run.ts";
import type { RunRequest } from "./new-run.ts";
import type { Ports } from "./ports.ts";

export interface RequestKey {
  key: string;
  /** Of thread and body: tells a repeated request from another one. */
  fingerprint: string;
}

export function keyOf({ key, thread_id, body }: RunRequest): RequestKey | undefined {
  if (key === undefined) return undefined;
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([thread_id, body]))
    .digest("base64url");
  return { key, fingerprint };
}

/** The answer to a request whose key was used in the last day; undefined for a new key. */
export async function replay(
  ports: Pick<Ports, "clock" | "runs">,
  { key, fingerprint }: RequestKey,
): Promise<CreateResult | undefined> {
  const known = await ports.runs.findKey(key, ports.clock.now());
  if (!known) return undefined;
  if (known.fingerprint !== fingerprint)
    return { kind: "key_reused", detail: "This Idempotency-Key was used with another request." };
  const run = await ports.runs.get(known.ref);
  return run ? { kind: "created", run } : undefined;
}
