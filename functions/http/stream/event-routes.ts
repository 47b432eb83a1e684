/**
 * The stream of a thread, as the thread-centric protocol has it: headers and a comment at once, then the events that the reader wants. It
 * does not end with a run; at the host's limit it is aborted, so that SDKs reconnect.
 */
import { followThread } from "../../core/stream/follow-thread.ts";
import { readerOf } from "../../core/stream/python-sdk.ts";
import type { Replay } from "../../core/stream/replay-start.ts";
import { jsonOf } from "../../core/stream/thread-event.ts";
import { StreamRequest } from "../../protocol/thread-stream.ts";
import { type BodyLimits, openBody } from "../edge/open-body.ts";
import type { Gate } from "../access/gate.ts";
import { readBody } from "../request/read-body.ts";
import { readThreadId } from "../request/read-ids.ts";
import { LIVE, timeOf } from "../run/run-responses.ts";
import { HttpError } from "../server/http-error.ts";
import type { Routes } from "../server/routes.ts";
import { frames, KEEP_ALIVE_COMMENT } from "../server/sse.ts";

const NO_SOCKET = "There is no WebSocket here: POST the same path for server-sent events, as SDKs do by default.";

export interface EventSettings {
  /** When an open body is cut. */
  limits: BodyLimits;
  replay: Replay;
}

export const threadEventRoutes = ({ enter }: Gate, { limits, replay }: EventSettings): Routes => ({
  "POST /threads/:thread_id/stream/events": async (asked) => {
    const thread_id = readThreadId(asked);
    const { since, ...filter } = await readBody(asked.req.raw, StreamRequest);
    const { ports, user } = await enter(asked, { resource: "threads", action: "read", value: { thread_id } });
    // One that is not there yet is waited for; another one's would never come.
    if (user) await ports.log.tail(thread_id);
    const reader = readerOf(asked.req.header("user-agent"), filter);

    const host = asked.env;
    const body = openBody({
      clock: ports.clock,
      disconnected: host.disconnected,
      limits: { ...limits, ms: Math.min(limits.ms, timeOf(host)) },
      filler: KEEP_ALIVE_COMMENT,
      async *source(signal) {
        // SDKs wait for the headers before they close the stream before this one, the Python SDK for 5 s.
        yield KEEP_ALIVE_COMMENT;
        for await (const events of followThread(ports, { thread_id, filter, since, reader, replay }, signal))
          yield frames(events.map((event) => ({ id: event.event_id, event: event.method, data: jsonOf(event) })));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", ...LIVE } });
  },
  "GET /threads/:thread_id/stream/events": () => {
    throw new HttpError(404, NO_SOCKET);
  },
});
