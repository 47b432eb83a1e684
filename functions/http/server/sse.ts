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
const ALWAYS = new Set(["metadata", "error", "feedback"]);

/** What of a run a reader wants to see; an empty list = all. */
export interface EventFilter {
  modes: readonly StreamMode[];
  /** As they follow the mode in the name of an event, `node:uuid|node:uuid`; '' is the graph itself. */
  namespaces: readonly string[];
}

/** Compares modes before `|` (namespace) and `/` (part of `messages`). A namespace is that one alone, without what lies below it. */
export function passes({ modes, namespaces }: EventFilter): (event: string) => boolean {
  if (modes.length === 0 && namespaces.length === 0) return () => true;
  const names = new Set<string>(modes.map((mode) => (mode === "messages-tuple" ? "messages" : mode)));
  const wanted = new Set(namespaces);
  return (event) => {
    const [, name = event, namespace = ""] = /^([^|/]*)[^|]*\|?(.*)$/.exec(event) ?? [];
    if (ALWAYS.has(name)) return true;
    return (names.size === 0 || names.has(name)) && (wanted.size === 0 || wanted.has(namespace));
  };
}
