/**
 * The Idempotency-Key header: the same request with the same key is the same run, for a day; another request with it is refused. The key
 * is written in the run's create transaction, so neither exists without the other: must not write it.
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

/** What a request with this key had made, if one was here in the last day. */
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
