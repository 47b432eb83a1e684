/**
 * Create: resolve the assistant, decide by the thread, write run, thread, pointer, input and first slot in one transaction, then send
 * (design 4.1). Must not fail once the run exists.
 */
import type { Assistant } from "../../../protocol/assistant.ts";
import type { RunLimit } from "../../concurrency/run-permits.ts";
import { Unclear } from "../../failure/failure.ts";
import { missingCheckpoint, selectionOf } from "../../checkpoint/selected-checkpoint.ts";
import { eventId } from "../../log/cursor.ts";
import { firstSlot, metadataEvent } from "../../log/first-slot.ts";
import { tailOf } from "../../log/log-tail.ts";
import { pack } from "../../log/slot-payload.ts";
import type { Ports } from "../../ports.ts";
import { newThread } from "../../thread/create-thread.ts";
import { completeDeletion, deleteThread } from "../../thread/delete-thread.ts";
import { callersKeys } from "../../thread/reserved-metadata.ts";
import type { ThreadRow } from "../../thread/thread-row.ts";
import { LOST_RACE, untilClear } from "../../failure/retry.ts";
import { SECOND } from "../../units.ts";
import { webhookAfter } from "../../webhook/deliver-webhook.ts";
import { cancelRun } from "../end/cancel-run.ts";
import type { CreateTransaction } from "../run-ports.ts";
import { type CancelIntent, goesWithThread, type RunRef, type RunRow } from "../run-row.ts";
import { INPUT_INLINE_BYTES, redriveAfter, QUEUE_DELAY_MAX } from "../timings.ts";
import { assistantOf, whyInvalid } from "./check-request.ts";
import type { CreateResult } from "./create-result.ts";
import { findUse, keyOf, type KeyUse, type RequestKey } from "./idempotency.ts";
import { type Admission, admit, comesFromWithin } from "./multitask.ts";
import { buildKwargs, pendingRun, type QueuePosition, type RunRequest, threadWith } from "./new-run.ts";
import { holderOf } from "./run-limit.ts";
import { sendQuietly } from "./send-run.ts";

/** A request that is refused changes nothing. @throws what the table answers, but never once the run exists */
export async function createRun(ports: Ports, request: RunRequest): Promise<CreateResult> {
  const complaint = whyInvalid(ports, request);
  if (complaint) return complaint;
  const run_id = ports.ids.uuid7();
  const temporary = request.thread_id === null;
  const thread_id = request.thread_id ?? ports.ids.uuid7();
  const key = keyOf(request);
  const [found, known, first] = await Promise.all([
    assistantOf(ports, request.body.assistant_id),
    key && findUse(ports, key, request.onlyOnce),
    temporary ? undefined : seenBefore(ports, thread_id, request.read),
  ]);
  if (found.kind !== "found") return found;
  const { assistant } = found;
  if (known?.kind === "used") return known.answer;

  const ref = { thread_id, run_id };
  const permit = await ports.runLimit?.take(holderOf(request), ref);
  if (ports.runLimit && !permit) return tooMany(ports.runLimit);
  const created = await make(ports, request, { ...ref, assistant, key, use: known, first });
  if (created.kind !== "created" || created.run.run_id !== run_id) await permit?.giveBack();
  return created;
}

interface Making extends RunRef {
  assistant: Assistant;
  key: RequestKey | undefined;
  use: Extract<KeyUse, { kind: "free" }> | undefined;
  /** The thread as it was read first. */
  first: ThreadRow | undefined;
}

async function make(ports: Ports, request: RunRequest, making: Making): Promise<CreateResult> {
  const { thread_id, run_id, assistant, key, first } = making;
  const temporary = request.thread_id === null;
  let { use } = making;
  const input = pack(Buffer.from(JSON.stringify(buildKwargs(request, assistant))));
  const inline = input.length <= INPUT_INLINE_BYTES;
  const delay = (request.body.after_seconds ?? 0) * SECOND;
  const goes = goesWithThread({ temporary, on_completion: request.body.on_completion });
  const logBegins = goes ? ports.clock.now() + delay : undefined;
  const input_parts = inline ? 1 : await ports.inputs.put(run_id, input, logBegins);

  let tried: { position: QueuePosition; transaction: CreateTransaction } | undefined;
  for (let n = 0; n < LOST_RACE.tries; n++) {
    if (n) await ports.clock.sleep(LOST_RACE.pause(n, ports.clock));
    const seen = temporary || n === 0 ? first : await ports.threads.get(thread_id);
    // An earlier try got no answer but succeeded: the run exists, and must not supersede itself.
    const arrived = tried && seen && isOn(seen, run_id) ? await stored(ports, { thread_id, run_id }) : undefined;
    if (tried && arrived) return announce(ports, arrived, tried.position, tried.transaction);
    if (request.rev !== undefined && seen?.rev !== request.rev)
      return { kind: "outdated", detail: "The thread has changed since it was read." };
    if (seen?.expired) {
      await deleteThread(ports, thread_id);
      continue;
    }
    const missing = !seen || seen.deleted;
    const isLaterLife = request.gen !== undefined && seen?.gen !== request.gen;
    if (isLaterLife || (missing && !temporary && request.body.if_not_exists === "reject"))
      return { kind: "thread_not_found", detail: `Thread with ID ${thread_id} not found` };
    const absent = await missingCheckpoint(missing ? NOTHING_STORED : ports, thread_id, selectionOf(request.body));
    if (absent !== undefined) return { kind: "checkpoint_not_found", detail: absent };
    if (seen?.deleted) await completeDeletion(ports, seen);

    const now = ports.clock.now();
    // A thread that is made for a run has the run's metadata (Agent Server API).
    const metadata = callersKeys(request.body.metadata);
    const thread = missing
      ? newThread({ thread_id, now, seen, temporary, metadata, ttl: goes ? undefined : ports.engine.threadTtl() })
      : seen;
    // The thread was deleted between two tries, and with it whatever the first try made, its input too.
    if (tried && tried.transaction.run.gen !== thread.gen) return createRun(ports, request);
    const admission = admit(thread, request.body.multitask_strategy);
    if (admission.kind === "busy" || admission.kind === "queue_full") return refused(admission.kind);
    if (admission.kind === "enqueue" && request.waited && comesFromWithin(request.body, thread.active_run))
      return { kind: "busy", detail: WAITS_FOR_ITSELF };

    const position = delay > 0 ? "delayed" : positionOf(admission);
    // The row's tail is enough for a first try. After a conflict the log itself is read (model rule tailIsMaxOfRowAndLog).
    const tail = n && seen ? await tailOf(ports.log, seen) : thread.log_tail;
    const run = pendingRun(request, assistant, {
      run_id,
      thread,
      input_parts,
      now,
      ...(position === "active" && { log_start: tail + 1 }),
      ...(position === "delayed" && { starts_at: now + delay }),
    });
    const transaction: CreateTransaction = {
      run,
      thread: { row: threadWith(thread, run, position), seen: seen?.rev },
      ...(position === "active" && { due: now + redriveAfter(1), first: firstSlot(run_id, thread.gen, tail + 1, now) }),
      ...(position === "delayed" && { due: now + delay }),
      ...(position === "alone_in_queue" &&
        admission.kind === "supersede" && { supersede: await superseded(ports, thread, admission.intent, now) }),
      ...(inline && { input }),
      ...(key && { key: { ...key, now, ...(use?.dead !== undefined && { dead: use.dead }) } }),
    };
    tried = { position, transaction };
    const made = await attempt(ports, transaction);
    if (!made) {
      const again = key && (await findUse(ports, key, request.onlyOnce));
      if (again?.kind === "used") return again.answer;
      use = again;
      continue;
    }
    const created = await announce(ports, made, position, transaction);
    if (position === "queued") await cancelAbandoned(ports, thread, request.abandoned);
    return created;
  }
  return { kind: "contended", detail: "The thread is changing too quickly. Try again." };
}

const seenBefore = (
  { threads }: Ports,
  thread_id: string,
  read: RunRequest["read"],
): Promise<ThreadRow | undefined> | ThreadRow | undefined =>
  read === undefined ? threads.get(thread_id) : read === "none" ? undefined : read;

/**
 * The run as it is stored, or undefined after a conflict. If the answer is unclear, or the conflict is with this very run, an earlier try
 * of this call may have created it, perhaps in another queue position.
 */
async function attempt(ports: Ports, transaction: CreateTransaction): Promise<RunRow | undefined> {
  const { run } = transaction;
  const result = await ports.runs.create(transaction).catch((error: unknown): "unclear" => {
    if (!(error instanceof Unclear)) throw error;
    ports.logger.warn("create is unclear", { run_id: run.run_id, thread_id: run.thread_id, error: String(error) });
    return "unclear";
  });
  return result === "created" ? run : stored(ports, run);
}

const stored = (ports: Ports, ref: RunRef): Promise<RunRow | undefined> =>
  untilClear(ports.clock, () => ports.runs.get(ref));

const isOn = ({ active_run, queue }: ThreadRow, run_id: string): boolean =>
  active_run === run_id || queue.includes(run_id);

/** Cancels earlier runs that are abandoned by their readers, so that the new run need not wait for them. */
async function cancelAbandoned(ports: Ports, thread: ThreadRow, abandoned: RunRequest["abandoned"]): Promise<void> {
  const { thread_id, active_run, queue } = thread;
  try {
    const left = abandoned === "unseen" ? await keptByWatchers(ports, thread) : (abandoned?.(thread_id) ?? []);
    // Waiting runs first: the end of the active one would make the next of them active.
    for (const run_id of [...queue, active_run])
      if (run_id !== null && left.includes(run_id)) await cancelRun(ports, { thread_id, run_id }, "interrupt");
  } catch (error) {
    ports.logger.warn("a run that nobody watches goes on", { thread_id, error: String(error) });
  }
}

async function keptByWatchers(ports: Ports, { thread_id, active_run }: ThreadRow): Promise<string[]> {
  const run = active_run === null ? undefined : await ports.runs.get({ thread_id, run_id: active_run });
  return run?.on_disconnect === "cancel" ? [run.run_id] : [];
}

const positionOf = ({ kind }: Admission): QueuePosition =>
  kind === "activate" ? "active" : kind === "supersede" ? "alone_in_queue" : "queued";

async function superseded(ports: Ports, thread: ThreadRow, intent: CancelIntent, now: number) {
  const { thread_id, active_run, queue } = thread;
  const waiting = await Promise.all(queue.map((run_id) => ports.runs.get({ thread_id, run_id })));
  return {
    ...(active_run !== null && { active: active_run }),
    queued: queue,
    intent,
    ended_at: new Date(now).toISOString(),
    webhooks: waiting.flatMap((run) => (run ? webhookAfter(run, now) : [])),
  };
}

/** The run exists: from here on nothing may fail the request. */
async function announce(
  ports: Ports,
  run: RunRow,
  position: QueuePosition,
  { supersede }: CreateTransaction,
): Promise<CreateResult> {
  const { run_id, thread_id, graph_id, log_start } = run;
  ports.logger.info("run created", { run_id, thread_id, attempt: run.attempt, graph_id, position });
  const status = supersede?.intent === "rollback" ? "rolled_back" : "interrupted";
  for (const waiting of supersede?.queued ?? [])
    ports.logger.info("run finished", { run_id: waiting, thread_id, attempt: 0, status });
  const delay = run.starts_at === undefined ? 0 : run.starts_at - run.claimable_since;
  const active = log_start !== undefined;
  if (active || (position === "delayed" && delay <= QUEUE_DELAY_MAX)) await sendQuietly(ports, run, delay);
  if (supersede?.active !== undefined)
    await cancelRun(ports, { thread_id, run_id: supersede.active }, supersede.intent).catch((error: unknown) =>
      ports.logger.warn("the run before goes on until its worker looks", { run_id, thread_id, error: String(error) }),
    );
  return { kind: "created", run, ...(active && { first: { id: eventId(log_start, 1), ...metadataEvent(run_id, 1) } }) };
}

/** For a thread that does not exist yet. Checkpoints of a deleted thread with the same id do not count. */
const NOTHING_STORED = { checkpoints: { exists: () => Promise.resolve(false) } };

const WAITS_FOR_ITSELF =
  "This run would wait for the run that asks for it: both are on one thread. Give the inner call a thread of its own.";

const tooMany = ({ most }: RunLimit): CreateResult => ({
  kind: "too_many_runs",
  detail: `You have as many runs waiting and at work as you may (${most}). Try again when one has ended.`,
});

const refused = (kind: "busy" | "queue_full"): CreateResult => ({
  kind,
  detail:
    kind === "busy"
      ? "Thread is already running a task. Wait for it to finish or choose a different multitask strategy."
      : "Too many runs are waiting on this thread. Try again when some have finished.",
});
