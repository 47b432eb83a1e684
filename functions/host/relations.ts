/** Relations between the tuned numbers of all rooms, asserted when a process starts. */
import { CREATE_ACTIONS, REQUEST_TIMEOUT, PERMIT_LEASE, TRANSACTION_ACTIONS } from "../aws/table/limits.ts";
import { assertRelations } from "../core/assert-relations.ts";
import { WEBHOOK_TIMEOUT, WEBHOOKS_FOR } from "../core/webhook/timings.ts";
import { PART_BYTES } from "../core/checkpoint/limits.ts";
import { BACKLOG_CHARACTERS, FLUSH, SLOT_BYTES } from "../core/log/timings.ts";
import { VISIBILITY_S, WORKER_TIMEOUT_S } from "../core/run/execute/timings.ts";
import {
  BLOCKED_TURNS,
  CLOCK_SKEW,
  DUE_AHEAD,
  DUE_PUSH,
  DUE_WITHIN,
  HEARTBEAT,
  LEASE,
  LOOP_TURN,
  redriveAfter,
  REDRIVE_AFTER_LEASE,
  QUEUE_LIMIT,
  SWEEP_EVERY,
} from "../core/run/timings.ts";
import { HEARTBEAT_RETRY } from "../core/failure/retry.ts";
import { WHOLE_BYTES } from "../core/json/size-limits.ts";
import { SECOND } from "../core/units.ts";
import { API_TIMEOUT_S, STREAM_BYTES, STREAM_LIMIT } from "../http/edge/timings.ts";
import { handOverBefore, SWEEPER_TIMEOUT_S } from "./timings.ts";

assertRelations([
  ["two heartbeats fit in a lease", 2 * HEARTBEAT < LEASE],
  ["a repeated heartbeat fits in a lease", HEARTBEAT + HEARTBEAT_RETRY * 3 < LEASE],
  ["a request is repeated within a lease", HEARTBEAT + 2 * REQUEST_TIMEOUT < LEASE],
  [
    "a blocked loop is noticed within a lease, and a request for it repeated",
    HEARTBEAT + (BLOCKED_TURNS + 1) * LOOP_TURN + REQUEST_TIMEOUT + HEARTBEAT_RETRY < LEASE,
  ],
  ["clocks that differ cost no lease", HEARTBEAT + HEARTBEAT_RETRY * 3 + CLOCK_SKEW < LEASE],
  ["a live run is never overdue", DUE_PUSH + LEASE <= DUE_AHEAD],
  ["searches find every active run", Math.max(DUE_AHEAD, redriveAfter(Infinity)) + CLOCK_SKEW < DUE_WITHIN],
  ["a reader notices before the sweep", LEASE + REDRIVE_AFTER_LEASE < SWEEP_EVERY],
  ["a message outlives the invocation", WORKER_TIMEOUT_S < VISIBILITY_S],
  ["a stream is cut before its function", STREAM_LIMIT < API_TIMEOUT_S * SECOND],
  ["a stream's permit outlives its function", API_TIMEOUT_S * SECOND < PERMIT_LEASE],
  ["the last flush fits in the time before a hand-over", FLUSH * 10 < handOverBefore(20 * SECOND)],
  ["a create can end all that wait", CREATE_ACTIONS + 2 * QUEUE_LIMIT <= TRANSACTION_ACTIONS],
  ["what is shown in one piece fits in a stream, values and interrupts together", WHOLE_BYTES * 3 < STREAM_BYTES],
  ["what is shown in one piece fits in the backlog", WHOLE_BYTES < BACKLOG_CHARACTERS],
  ["a slot fits in an item", SLOT_BYTES < 400_000 && PART_BYTES < 400_000],
  ["webhooks end before the sweep's function", WEBHOOKS_FOR + WEBHOOK_TIMEOUT < SWEEPER_TIMEOUT_S * SECOND],
]);
