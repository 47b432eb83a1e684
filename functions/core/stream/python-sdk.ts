/**
 * What the Python SDK needs to be told otherwise (0.4, observed). Its watcher takes the end of any graph as the end of its run, and opens
 * before the run is started; its projections of messages and tools ask for the root alone.
 */
import type { StreamRequest } from "../../protocol/thread-stream.ts";
import { isFinal, type RunRow } from "../run/run-row.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { objectOf, parsed } from "./json-fields.ts";
import type { ThreadEvent } from "./thread-event.ts";
import { RECENT_RUN } from "./timings.ts";

/** `watcher`: the stream by which the Python SDK sees how a run ends. */
export type Reader = "other" | "python" | "python_watcher";

/** The second one where the application has given the SDK its own HTTP client. */
const PYTHON_SDK = /^(langgraph-sdk-py|python-httpx)\//;
const WATCHED = ["lifecycle", "input"];

export function readerOf(userAgent: string | undefined, { channels }: Pick<StreamRequest, "channels">): Reader {
  if (userAgent === undefined || !PYTHON_SDK.test(userAgent)) return "other";
  return channels.every((channel) => WATCHED.includes(channel)) ? "python_watcher" : "python";
}

/**
 * The watcher is opened for a run that is started next: the end of an earlier one would be taken for its end. What a run has asked is told:
 * it may be answered.
 */
export function isOverForWatcher(
  reader: Reader,
  { newest, thread, now }: { newest: RunRow; thread: Pick<ThreadRow, "status">; now: number },
): boolean {
  const hasAsked = newest.status === "success" && thread.status === "interrupted";
  const isRecent = now - Date.parse(newest.created_at) <= RECENT_RUN;
  return reader === "python_watcher" && isFinal(newest) && !hasAsked && !isRecent;
}

/** @returns undefined for an event that is left out */
export function forReader(reader: Reader, event: ThreadEvent): ThreadEvent | undefined {
  if (reader === "other") return event;
  const { method, namespace } = event;
  if (method === "lifecycle" && namespace.length === 0) return cancelledAsFailed(event);
  if (reader === "python_watcher" && method === "lifecycle" && namespace.length > 0)
    return isStart(event) ? event : undefined;
  // The SDK expects the graph in which a node speaks, as LangGraph for Python names it.
  if (reader === "python" && event.ofNode) return { ...event, namespace: namespace.slice(0, -1) };
  return event;
}

/** Its projections and `output` end with `completed`, `failed` or a question: one that was cancelled they would wait for for ever. */
function cancelledAsFailed(event: ThreadEvent): ThreadEvent {
  const data = objectOf(parsed(event.data()));
  if (data["event"] !== "interrupted" || data["error"] === undefined) return event;
  return { ...event, data: () => JSON.stringify({ ...data, event: "failed" }) };
}

const isStart = ({ data }: ThreadEvent): boolean => objectOf(parsed(data()))["event"] === "started";
