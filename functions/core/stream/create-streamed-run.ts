/** Creates a run whose events a thread's stream is made of. */
import type { JsonObject } from "../../protocol/json.ts";
import { RunCreate, type StreamMode } from "../../protocol/run.ts";
import type { User } from "../auth/auth-port.ts";
import type { Ports } from "../ports.ts";
import type { Complaint } from "../run/create/create-result.ts";
import { findUse, keyOf } from "../run/create/idempotency.ts";
import { isKey } from "../run/create/check-request.ts";
import { createRun } from "../run/create/create-run.ts";
import type { RunRequest } from "../run/create/new-run.ts";
import type { RunRow } from "../run/run-row.ts";
import { lastSeq } from "./last-seq.ts";
import { seqOf } from "./sequence.ts";

/** What the thread's stream is made of. */
const MODES: StreamMode[] = ["values", "updates", "messages-tuple", "tools", "custom", "tasks", "checkpoints"];

export type StartResult =
  /** `before`: events up to this one are older than the run. */
  { kind: "started"; run: RunRow; before: number } | Complaint;

export interface Asked {
  thread_id: string;
  /** Headers that the project wants in `configurable`. */
  headers: Record<string, string>;
  /** Whom custom auth has recognised. */
  user?: User;
  key_name?: string | undefined;
  /** The Idempotency-Key header: the same run again for the same command. */
  key?: string | undefined;
  /** Its name and params: what becomes of them depends on the thread. */
  command: JsonObject;
}

/** The answer of a command that is repeated. */
export async function earlierAnswer(
  ports: Ports,
  { thread_id, key, user, command }: Asked,
): Promise<StartResult | undefined> {
  const known = isKey(key) ? keyOf({ key, thread_id, asked: command, ...(user && { user }) }) : undefined;
  const use = known && (await findUse(ports, known));
  if (use?.kind !== "used") return undefined;
  return use.answer.kind === "created" ? started(ports, use.answer.run) : use.answer;
}

/** @param read the thread, a moment ago. `rev`: its revision, if the body depends on what it waits for */
export async function createStreamedRun(
  ports: Ports,
  { thread_id, headers, key_name, key, user, command }: Asked,
  body: object,
  { read, rev }: Pick<RunRequest, "read" | "rev">,
): Promise<StartResult> {
  const parsed = RunCreate.safeParse({
    ...body,
    if_not_exists: "create",
    stream_mode: MODES,
    stream_subgraphs: true,
    stream_resumable: true,
  });
  if (!parsed.success) return { kind: "invalid", detail: parsed.error.issues.map(({ message }) => message).join("; ") };
  const created = await createRun(ports, {
    thread_id,
    body: parsed.data,
    headers,
    key_name,
    key,
    asked: command,
    event_version: "v3",
    ...(user && { user }),
    ...(read !== undefined && { read }),
    ...(rev !== undefined && { rev }),
  });
  return created.kind === "created" ? started(ports, created.run) : created;
}

const started = async (ports: Ports, run: RunRow): Promise<StartResult> => ({
  kind: "started",
  run,
  before: await lastBefore(ports, run),
});

/** Must not fail: the run exists. */
async function lastBefore(ports: Ports, { thread_id, log_start }: RunRow): Promise<number> {
  if (log_start !== undefined) return seqOf(log_start, 0);
  try {
    return await lastSeq(ports, thread_id);
  } catch (error) {
    ports.logger.warn("the end of the log is not known", { thread_id, error: String(error) });
    return 0;
  }
}
