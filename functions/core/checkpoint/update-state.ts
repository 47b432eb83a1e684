/**
 * Updates of a thread's state by a client (Agent Server API), never beside a run. What the graph makes of an update is staged in memory and
 * committed by one transaction on the thread's revision. It takes a slot of the log, as a run does, so its claim is nobody else's.
 */
import { Unclear } from "../failure/failure.ts";
import { LOST_RACE, untilClear } from "../failure/retry.ts";
import { jsonBytes } from "../json/size-limits.ts";
import { tailOf } from "../log/log-tail.ts";
import { encodeEvents } from "../log/slot-payload.ts";
import type { Slot } from "../log/slot.ts";
import type { Ports } from "../ports.ts";
import type { UpdateOutcome } from "../run/execute/engine-port.ts";
import type { ClaimNumber } from "../run/run-row.ts";
import { INTERRUPTS_BYTES } from "../run/timings.ts";
import { renewed } from "../thread/lifetime.ts";
import { graphOf, type ThreadRow } from "../thread/thread-row.ts";
import type { StateUpdateBody, Superstep } from "../../protocol/state-update.ts";
import type { CheckpointRef, CheckpointSelector } from "../../protocol/thread.ts";
import { UPDATES_AT_ONCE } from "./limits.ts";
import { missingCheckpoint } from "./selected-checkpoint.ts";
import { stageCheckpoints } from "./stage-checkpoints.ts";
import type { StateUpdate } from "./update-port.ts";

export type UpdateStateResult =
  | { kind: "updated"; checkpoint: CheckpointRef }
  | { kind: "not_found" }
  | Refusal<"checkpoint_not_found" | "busy" | "contended">
  | UpdateRefusal;

/** The update itself is wrong; nothing has changed. */
export type UpdateRefusal = Refusal<"no_graph" | "refused" | "invalid">;

interface Refusal<Kind extends string> {
  kind: Kind;
  detail: string;
}

export type UpdatePorts = Pick<
  Ports,
  "checkpoints" | "clock" | "engine" | "ids" | "log" | "logger" | "threads" | "updates"
>;

export async function updateState(
  ports: UpdatePorts,
  thread_id: string,
  body: StateUpdateBody,
): Promise<UpdateStateResult> {
  const { values, as_node, checkpoint, checkpoint_id } = body;
  const selected: CheckpointSelector = {
    checkpoint_ns: checkpoint?.checkpoint_ns,
    checkpoint_map: checkpoint?.checkpoint_map,
    checkpoint_id: checkpoint?.checkpoint_id ?? checkpoint_id,
  };
  const step: Superstep = { updates: [{ values, as_node, command: undefined }] };
  const sent: Sent[] = [];
  for (let n = 0; n < LOST_RACE.tries; n++) {
    if (n) await ports.clock.sleep(LOST_RACE.pause(n, ports.clock));
    const seen = await untilClear(ports.clock, () => ports.threads.get(thread_id));
    if (!seen || seen.deleted) return { kind: "not_found" };
    if (seen.active_run !== null) return { kind: "busy", detail: BUSY };
    const absent = await missingCheckpoint(ports, thread_id, selected);
    if (absent !== undefined) return { kind: "checkpoint_not_found", detail: absent };

    // The row's tail is enough for a first try; after a conflict the log itself is asked (model rule tailIsMaxOfRowAndLog).
    const tail = n ? await tailOf(ports.log, seen) : seen.log_tail;
    const thread = { ...seen, log_tail: tail };
    const prepared = await prepareUpdates(ports, thread, { groups: [[step]], selected });
    if (prepared.kind !== "prepared") return prepared;
    const result = await commitUpdates(ports, { row: thread, seen: seen.rev, sent }, prepared.updates);
    if (result.kind === "committed") return { kind: "updated", checkpoint: result.checkpoint };
    if (result.kind !== "contended") return result;
  }
  return { kind: "contended", detail: "The thread is changing too quickly. Try again." };
}

const BUSY =
  "Thread is already running a task. Wait for it to finish, or cancel it, before you update the thread's state.";

export interface PreparedUpdate {
  claim: ClaimNumber;
  staged: StateUpdate["staged"];
  outcome: Extract<UpdateOutcome, { kind: "updated" }>;
}

/** Supersteps in groups that one transaction can take each. */
export function inGroups(supersteps: readonly Superstep[]): Superstep[][] {
  const groups: Superstep[][] = [];
  let size = Infinity;
  for (const step of supersteps) {
    size += step.updates.length;
    if (size > UPDATES_AT_ONCE) {
      groups.push([]);
      size = step.updates.length;
    }
    groups.at(-1)?.push(step);
  }
  return groups;
}

const GRAPH_COMES_FROM = "create it with graph_id in its metadata, or begin a run on it";

/**
 * What the graph makes of the updates, one group on top of the other; nothing is stored yet, and a group that is wrong refuses all.
 * @param thread its `log_tail` is the log's
 */
export async function prepareUpdates(
  ports: UpdatePorts,
  thread: ThreadRow,
  { groups, selected }: { groups: Superstep[][]; selected?: CheckpointSelector },
): Promise<{ kind: "prepared"; updates: PreparedUpdate[] } | UpdateRefusal> {
  const { thread_id } = thread;
  const graph_id = graphOf(thread);
  const named = `Thread ${thread_id}`;
  if (graph_id === undefined) return { kind: "no_graph", detail: `${named} has no graph ID: ${GRAPH_COMES_FROM}` };
  if (!ports.engine.graphs().some((graph) => graph.graph_id === graph_id))
    return { kind: "no_graph", detail: `${named} is of the graph "${graph_id}", which this server does not serve` };
  const updates: PreparedUpdate[] = [];
  let newest = thread.head?.checkpoint_id;
  let { checkpoints } = ports;
  for (const [i, supersteps] of groups.entries()) {
    const { store, staged } = stageCheckpoints(checkpoints);
    const claim = { log_start: thread.log_tail + 1 + i, epoch: 1 };
    const fresh = thread.head === undefined && thread.log_tail === 0 && i === 0;
    const place = { thread_id, graph_id, claim, fresh, checkpoint: i === 0 ? selected : undefined };
    const outcome = await ports.engine.update({ ...place, supersteps, ...(newest !== undefined && { newest }) }, store);
    if (outcome.kind === "refused") return outcome;
    updates.push({ claim, staged, outcome });
    newest = outcome.head?.checkpoint_id ?? newest;
    checkpoints = store;
  }
  return { kind: "prepared", updates };
}

type Committed =
  | { kind: "committed"; row: ThreadRow; checkpoint: CheckpointRef }
  | Refusal<"invalid">
  /** Others have changed the thread meanwhile. */
  | { kind: "contended" };

/** A transaction that was sent: it may arrive later than its sender believes, and must not be followed by another of the same request. */
export interface Sent {
  slot: Slot;
  row: ThreadRow;
  checkpoint: CheckpointRef;
}

/**
 * One transaction for each group, the first on the revision that was read. What is unclear is repeated.
 * @param sent what this request has sent so far for its first group; grows
 */
export async function commitUpdates(
  ports: UpdatePorts,
  from: { row: ThreadRow; seen: number | undefined; sent: Sent[] },
  updates: readonly PreparedUpdate[],
): Promise<Committed> {
  let { row, seen, sent } = from;
  let checkpoint: CheckpointRef | undefined;
  for (const { claim, staged, outcome } of updates) {
    const now = ports.clock.now();
    const slot = updateSlot(ports.ids.uuid7(), row, { claim, outcome, now });
    const next = threadAfter(row, outcome, { claim, now });
    sent.push({ slot, row: next, checkpoint: outcome.checkpoint });
    const update = { thread: { row: next, seen }, slot, claim, staged };
    const result = await untilClear(ports.clock, () => ports.updates.commit(update)).catch(asUnclear);
    if (result === "too_large") return { kind: "invalid", detail: "values: more writes than one transaction takes" };
    const arrived = result === "committed" ? sent.at(-1) : await findArrived(ports, sent);
    if (!arrived && result instanceof Unclear) throw result;
    if (!arrived) return { kind: "contended" };
    ports.logger.info("state updated", { thread_id: row.thread_id, slot: arrived.slot.slot });
    [row, seen, checkpoint, sent] = [arrived.row, arrived.row.rev, arrived.checkpoint, []];
  }
  if (!checkpoint) throw new Error("nothing to commit");
  return { kind: "committed", row, checkpoint };
}
/** @throws what is not Unclear */
function asUnclear(error: unknown): Unclear {
  if (error instanceof Unclear) return error;
  throw error;
}

/** Each is known by the slot that it takes. */
async function findArrived(ports: UpdatePorts, sent: readonly Sent[]): Promise<Sent | undefined> {
  for (const one of sent) {
    const { thread_id } = one.row;
    const before = one.slot.slot - 1;
    const read = () => ports.log.read(thread_id, before, { consistent: true, limit: 1 });
    const [found] = await untilClear(ports.clock, read);
    if (found?.nonce === one.slot.nonce) return one;
  }
  return undefined;
}

type Made = { claim: ClaimNumber; outcome: PreparedUpdate["outcome"]; now: number };

/** Readers of runs pass over it. */
function updateSlot(update_id: string, { gen }: ThreadRow, { claim, outcome, now }: Made): Slot {
  const data = JSON.stringify({ checkpoint: outcome.checkpoint });
  return {
    slot: claim.log_start,
    run_id: update_id,
    gen,
    epoch: claim.epoch,
    nonce: `${update_id}.update`,
    count: 1,
    payload: encodeEvents([{ event: "state_update", data }]),
    more: false,
    parts: 0,
    written_at: now,
  };
}

/** The status stays (section 3.18 of the API reference). Of a subgraph's update the thread's own head stays, too. */
function threadAfter(
  row: ThreadRow,
  { head, interrupts }: Made["outcome"],
  { claim, now }: Omit<Made, "outcome">,
): ThreadRow {
  const { interrupts: _before, ...kept } = row;
  const time = new Date(now).toISOString();
  return {
    ...kept,
    ...renewed(row, now),
    rev: row.rev + 1,
    updated_at: time,
    state_updated_at: time,
    log_tail: claim.log_start,
    ...(head && { head }),
    ...(jsonBytes(interrupts) <= INTERRUPTS_BYTES && { interrupts }),
  };
}
