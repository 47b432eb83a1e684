/** An event of the thread-centric protocol, and its JSON (Agent Server API). */
import type { StreamMethod } from "../../protocol/thread-stream.ts";
import type { Namespace } from "./namespace.ts";

/** What a record says, before it has a place in the stream. */
export interface Told {
  method: StreamMethod;
  namespace: Namespace;
  /** Of a custom event: it has a channel of its own. */
  name?: string;
  node?: string;
  /** Of a message or a tool: its namespace ends with the node's own segment, as in LangGraph.js. That of Python names the graph alone. */
  ofNode?: true;
  /** JSON text. Made when a reader wants the event. */
  data: () => string;
  /** In place of the one made of the place in the stream: SDKs read the run from it. */
  event_id?: string;
}

export interface ThreadEvent extends Told {
  event_id: string;
  seq: number;
  /** ms since 1970, of its slot. */
  timestamp: number;
}

/** JSON text without line breaks. */
export function jsonOf({ method, namespace, node, data, event_id, seq, timestamp }: ThreadEvent): string {
  const head = JSON.stringify({ type: "event", event_id, seq, method });
  const params = JSON.stringify({ namespace, timestamp, ...(node !== undefined && { node }) });
  return `${head.slice(0, -1)},"params":${params.slice(0, -1)},"data":${data()}}}`;
}
