/** Events on the wire: `event`, `data`, `id`, LF line ends. */
import type { StreamMode } from "../../protocol/run.ts";

export interface StreamedEvent {
  /** Absent for values that replace expired events, so that a reader's cursor does not move. */
  id?: string;
  event: string;
  /** JSON text without line breaks. */
  data: string;
}

const encoder = new TextEncoder();

/** One newline: a blank line would make older SDKs yield an empty event. The text is the official server's. */
export const KEEP_ALIVE_COMMENT = encoder.encode(": heartbeat\n");

/** Frames of a batch, built as one string and encoded once: a read of the log is one chunk of the body. */
export function frames(events: readonly StreamedEvent[]): Uint8Array<ArrayBuffer> {
  let text = "";
  for (const { id, event, data } of events)
    text += id === undefined ? `event: ${event}\ndata: ${data}\n\n` : `event: ${event}\ndata: ${data}\nid: ${id}\n\n`;
  return encoder.encode(text);
}

/** The filter of a join always passes these: they tell which run it is and that it failed. */
const ALWAYS = ["metadata", "error", "feedback"];

/** Compares names before `|` (namespace) and `/` (part of `messages`); no modes = everything passes. */
export function passes(modes: readonly StreamMode[]): (event: string) => boolean {
  if (modes.length === 0) return () => true;
  const names = new Set<string>([...ALWAYS, ...modes.map((mode) => (mode === "messages-tuple" ? "messages" : mode))]);
  return (event) => names.has(/^[^|/]*/.exec(event)?.[0] ?? event);
}
