/**
 * The two long responses about a run: its events as SSE, and its result as JSON after newlines. Status 200 and headers are sent at once, so
 * the caller has checked that the run exists.
 */
import type { Cursor } from "../../core/log/cursor.ts";
import { tailCreated, tailRun } from "../../core/log/tail-log.ts";
import type { Ports } from "../../core/ports.ts";
import type { RunRef } from "../../core/run/run-row.ts";
import type { Closed } from "../../core/run/watchers.ts";
import type { Json } from "../../protocol/json.ts";
import type { RequestContext } from "../edge/request-context.ts";
import { type BodyLimits, openBody } from "../edge/open-body.ts";
import { API_TIMEOUT_S, STREAM_LIMIT } from "../edge/timings.ts";
import { type EventFilter, frames, KEEP_ALIVE_COMMENT, passes, type StreamedEvent } from "../server/sse.ts";
import { joinLocation, streamLocation } from "./run-location.ts";

export interface Watch {
  ref: RunRef;
  host: RequestContext;
  limits: BodyLimits;
  onClose: (how: Closed) => void;
}

export interface StreamWatch extends Watch {
  cursor: Cursor;
  filter: EventFilter;
  /** The first slot and its event, sent before the log is read: the creating transaction has written it. */
  first?: { slot: number; event: StreamedEvent } | undefined;
}

const encoder = new TextEncoder();
const NEWLINE = encoder.encode("\n");

/** Nothing may buffer or cache a live body. */
export const LIVE = { "cache-control": "no-store", "x-accel-buffering": "no" };

export function streamResponse(ports: Ports, watch: StreamWatch): Response {
  const { ref, cursor, filter } = watch;
  const body = openBody({
    ...watchedBody(ports, watch),
    filler: KEEP_ALIVE_COMMENT,
    source: (signal) => eventFrames(ports, watch, signal),
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", ...LIVE, ...streamLocation(ref, filter, cursor) },
  });
}

/** The body ends when the run has ended or is gone; there is no `end` event (design 3, End). */
async function* eventFrames(ports: Ports, { ref, cursor, filter, first }: StreamWatch, signal: AbortSignal) {
  if (first) yield frames([first.event]);
  const wanted = passes(filter);
  const tail = first ? tailCreated(ports, ref, first.slot, signal) : tailRun(ports, ref, { cursor, signal });
  try {
    for await (const { events } of tail) {
      const shown = events.filter(({ event }) => wanted(event));
      if (shown.length) yield frames(shown);
    }
  } finally {
    await tail.return({ kind: "gone" });
  }
}

/** The run's result, with where it can be joined. @param result resolves when the run has ended */
export const resultResponse = (ports: Ports, watch: Watch, result: (signal: AbortSignal) => Promise<Json>): Response =>
  awaitedResponse(ports, watch, result, joinLocation(watch.ref));

/** JSON after newlines. @param answer resolves when the run has ended */
export function awaitedResponse(
  ports: Ports,
  watch: Watch,
  answer: (signal: AbortSignal) => Promise<Json | object>,
  headers: Record<string, string> = {},
): Response {
  const body = openBody({
    ...watchedBody(ports, watch),
    filler: NEWLINE,
    async *source(signal) {
      yield encoder.encode(JSON.stringify(await answer(signal)));
    },
  });
  return new Response(body, { headers: { "content-type": "application/json", ...LIVE, ...headers } });
}

/** What every body about a run has: the host's limits, and a word to the watchers when it closes. */
export const watchedBody = ({ clock, logger }: Ports, { ref, host, limits, onClose }: Watch) => ({
  clock,
  disconnected: host.disconnected,
  limits: { ...limits, ms: Math.min(limits.ms, timeOf(host)) },
  onClose: (how: Closed) => {
    if (how === "cut")
      logger.warn("response cut before its run ended", { run_id: ref.run_id, thread_id: ref.thread_id });
    onClose(how);
  },
});

/** The host's time limit, less what a cut needs: at most a quarter of a short limit. */
export function timeOf({ timeLeft }: RequestContext): number {
  if (timeLeft === undefined) return Infinity;
  return timeLeft - Math.min(API_TIMEOUT_S * 1_000 - STREAM_LIMIT, timeLeft / 4);
}
