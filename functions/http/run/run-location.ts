/** Headers by which every SDK reconnects to a run (Agent Server API). Root-relative, without a mount prefix. */
import { type Cursor, eventId } from "../../core/log/cursor.ts";
import type { RunRef } from "../../core/run/run-row.ts";
import type { EventFilter } from "../server/sse.ts";

const pathOf = ({ thread_id, run_id }: RunRef): string => `/threads/${thread_id}/runs/${run_id}`;

/** Must end with the run id: the SDKs take everything after `/runs/` for it. */
export const createdLocation = (ref: RunRef) => ({ "content-location": pathOf(ref) });

export const joinLocation = (ref: RunRef) => ({ ...createdLocation(ref), location: `${pathOf(ref)}/join` });

/**
 * @param filter of this response, kept for a reconnect
 * @param cursor where this response began, for a cut before its first event, when the client has no id to send
 */
export function streamLocation(ref: RunRef, { modes, namespaces }: EventFilter, cursor: Cursor) {
  const query = new URLSearchParams();
  for (const mode of modes) query.append("stream_mode", mode);
  for (const namespace of namespaces) query.append("namespace", namespace);
  const after = cursorText(cursor);
  if (after !== undefined) query.set("after", after);
  return { ...createdLocation(ref), location: `${pathOf(ref)}/stream${query.size ? `?${query.toString()}` : ""}` };
}

function cursorText(cursor: Cursor): string | undefined {
  if (cursor.kind === "after") return eventId(cursor.slot, cursor.index);
  return cursor.kind === "start" ? "-1" : undefined;
}
