/**
 * Follows the events of a whole thread, each once, whatever happens to the connection: a new one goes on after the last event that came.
 */
import { createParser } from "eventsource-parser";
import type { StreamedEvent } from "../log/streamed-event.ts";
import { FIRST_PAUSE, FRAME, LONGEST_PAUSE } from "../timings.ts";
import { ApiError, errorOf, headersOf, key, pathOf, urlOf } from "./request.ts";
import { noteServerTime } from "./server-clock.ts";

export type Connection =
  | { kind: "connecting" | "live" | "offline" }
  /** The server answers, but has no time: it is asked again. */
  | { kind: "busy"; status: number }
  /** The key is not taken: the page asks for another. */
  | { kind: "locked" }
  /** Deleted while it was followed, or never there. */
  | { kind: "gone" }
  /** Not answered, and no other try would be. */
  | { kind: "refused"; why: string };

export interface Following {
  thread_id: string;
  signal: AbortSignal;
  onEvents: (events: StreamedEvent[]) => void;
  onConnection: (connection: Connection) => void;
}

const MODES = "stream_mode=run_modes&stream_mode=lifecycle&stream_mode=state_update";

/** Resolves when the reader leaves, or when there is nothing more to follow. */
export async function followThread({ thread_id, signal, onEvents, onConnection }: Following): Promise<void> {
  let cursor = "-";
  let pause = FIRST_PAUSE;
  const take = (events: StreamedEvent[]): void => {
    cursor = events.at(-1)?.id ?? cursor;
    pause = FIRST_PAUSE;
    onEvents(events);
  };
  while (!signal.aborted) {
    onConnection({ kind: "connecting" });
    try {
      const body = await open(thread_id, cursor, signal);
      onConnection({ kind: "live" });
      await readEvents(body, take);
      // It ends by itself only when the thread is deleted; a cut is an error.
      return onConnection({ kind: "gone" });
    } catch (error) {
      if (signal.aborted) return;
      const now = connectionAfter(error);
      onConnection(now);
      if (now.kind !== "offline" && now.kind !== "busy") return;
      await untilOnline((error instanceof ApiError && error.retryAfter) || pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

function connectionAfter(error: unknown): Connection {
  if (!(error instanceof ApiError)) return { kind: "offline" };
  if (error.isPassing) return { kind: "busy", status: error.status };
  if (error.status === 401) return { kind: "locked" };
  return error.status === 404 ? { kind: "gone" } : { kind: "refused", why: error.message };
}

/** @throws ApiError for an answer that is no stream */
async function open(
  thread_id: string,
  cursor: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const asked = key.value;
  const response = await fetch(urlOf(`${pathOf`threads/${thread_id}/stream`}?${MODES}`), {
    headers: { ...headersOf(asked), "last-event-id": cursor },
    signal,
  });
  noteServerTime(response);
  if (!response.ok || !response.body) throw await errorOf(response, asked);
  return response.body;
}

async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (events: StreamedEvent[]) => void,
): Promise<void> {
  let batch: StreamedEvent[] = [];
  const parser = createParser({
    onEvent: ({ id = "", event = "message", data }) => void batch.push({ id, event, data }),
  });
  let drawn = performance.now();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    parser.feed(value ?? "");
    if (batch.length > 0) take(batch);
    batch = [];
    if (performance.now() - drawn < FRAME) continue;
    await nextTask();
    drawn = performance.now();
  }
}

const nextTask = (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => resolve());
  port1.start();
  port2.postMessage(undefined);
  return promise.finally(() => port1.close());
};

/** At once when the browser says that there is a network again. */
function untilOnline(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = (): void => resolve();
  addEventListener("online", wake);
  signal.addEventListener("abort", wake);
  return promise.finally(() => {
    clearTimeout(timer);
    removeEventListener("online", wake);
    signal.removeEventListener("abort", wake);
  });
}
