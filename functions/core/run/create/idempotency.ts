/**
 * The Idempotency-Key header: for a day, the same request with the same key returns the same run, and another request is refused. Deleting
 * the run or its thread frees the key. Must not write the key: the create transaction writes run and key together.
 */
import { createHash } from "node:crypto";
import type { Ports } from "../../ports.ts";
import { isOfLivingThread } from "../read-runs.ts";
import type { CreateResult } from "./create-result.ts";
import type { RunRequest } from "./new-run.ts";

export interface RequestKey {
  key: string;
  /** Hash of thread and body: distinguishes a repeated request from another one. */
  fingerprint: string;
}

type Keyed = Pick<RunRequest, "key" | "thread_id" | "asked" | "user" | "onlyOnce"> & Partial<Pick<RunRequest, "body">>;

/** Where there are users, each has keys of its own. */
export function keyOf({ key: given, user, onlyOnce, thread_id, asked, body }: Keyed): RequestKey | undefined {
  if (given === undefined) return undefined;
  const own = user && !onlyOnce ? JSON.stringify([user.identity, given]) : undefined;
  const key = own === undefined ? given : createHash("sha256").update(own).digest("base64url");
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([thread_id, asked ?? body]))
    .digest("base64url");
  return { key, fingerprint };
}

export type KeyUse =
  /** The key is that of a run in the last day: the answer to this request. */
  | { kind: "used"; answer: CreateResult }
  /** `dead`: the run that had it, which is gone, or its thread. */
  | { kind: "free"; dead?: string };

/** @param onlyOnce the key stays used when its run, or the thread, has gone */
export async function findUse(
  ports: Pick<Ports, "clock" | "runs">,
  { key, fingerprint }: RequestKey,
  onlyOnce = false,
): Promise<KeyUse> {
  const known = await ports.runs.findKey(key, ports.clock.now());
  if (!known) return { kind: "free" };
  if (onlyOnce) return { kind: "used", answer: { kind: "key_reused", detail: "There is a run of this time." } };
  const { thread, run } = await ports.runs.load(known.ref);
  if (!run || run.status === "deleted" || !isOfLivingThread(thread, run))
    return { kind: "free", dead: known.ref.run_id };
  if (known.fingerprint === fingerprint) return { kind: "used", answer: { kind: "created", run } };
  const detail = "This Idempotency-Key was used with another request.";
  return { kind: "used", answer: { kind: "key_reused", detail } };
}
