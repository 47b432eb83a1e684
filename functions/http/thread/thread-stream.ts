/** The events of a whole thread as SSE, until the reader leaves or the host's limit cuts it: SDKs reconnect by `Location`. */
import { z } from "zod";
import { findThreadCursor, tailThread, type ThreadReading } from "../../core/log/tail-thread.ts";
import { eventId } from "../../core/log/cursor.ts";
import { findThread } from "../../core/thread/threads.ts";
import { THREAD_STREAM_MODES } from "../../protocol/thread.ts";
import { type BodyLimits, openBody } from "../edge/open-body.ts";
import type { Gate } from "../access/gate.ts";
import { check } from "../request/read-body.ts";
import { readThreadId } from "../request/read-ids.ts";
import { queryOf, readList } from "../request/read-query.ts";
import { LIVE, timeOf } from "../run/run-responses.ts";
import { threadNotFound } from "../server/outcomes.ts";
import type { Routes } from "../server/routes.ts";
import { frames, KEEP_ALIVE_COMMENT } from "../server/sse.ts";

const Query = z.object({ stream_modes: z.array(z.enum(THREAD_STREAM_MODES)) });

/** @param limits when an open body is cut */
export const threadStreamRoutes = ({ enter }: Gate, limits: BodyLimits): Routes => ({
  "GET /threads/:thread_id/stream": async (asked) => {
    const thread_id = readThreadId(asked);
    const query = queryOf(asked);
    // The API names it in the plural, both SDKs send the other.
    const named = [...readList(query, "stream_modes"), ...readList(query, "stream_mode")];
    const { stream_modes } = check(Query, { stream_modes: named });
    const modes = stream_modes.length > 0 ? stream_modes : (["run_modes"] as const);
    const { ports } = await enter(asked, { resource: "threads", action: "read", value: { thread_id } });
    const thread = await findThread(ports, thread_id);
    if (!thread) throw threadNotFound(thread_id);
    const lastEventId = asked.req.header("last-event-id");
    const cursor = await findThreadCursor(ports, thread, { lastEventId, after: query.get("after") });

    const host = asked.env;
    const body = openBody({
      clock: ports.clock,
      disconnected: host.disconnected,
      limits: { ...limits, ms: Math.min(limits.ms, timeOf(host)) },
      onClose: () => undefined,
      filler: KEEP_ALIVE_COMMENT,
      async *source(signal) {
        for await (const events of tailThread(ports, { thread, cursor, modes }, signal)) yield frames(events);
      },
    });
    const headers = { "content-type": "text/event-stream", ...LIVE, location: locationOf({ thread, cursor, modes }) };
    return new Response(body, { headers });
  },
});

/** With its filter, and where this response began: for a cut before its first event. */
function locationOf({ thread, cursor, modes }: ThreadReading): string {
  const query = new URLSearchParams(modes.map((mode): [string, string] => ["stream_mode", mode]));
  query.set("after", cursor.kind === "after" ? eventId(cursor.slot, cursor.index) : "-");
  return `/threads/${thread.thread_id}/stream?${query.toString()}`;
}
