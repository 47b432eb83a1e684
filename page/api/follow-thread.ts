/**
 * Follows the events of a whole thread, each once, whatever happens to the connection: a new one goes on after the last event that came.
 */
import { createParser } from "eventsource-parser";
import type { StreamedEvent } from "../log/streamed-event.ts";
import { FIRST_PAUSE, FRAME, LONGEST_PAUSE } from "../timings.ts";
import { errorOf, headersOf, urlOf } from "./request.ts";

export type Connection = "connecting" | "live" | "offline" | "gone";

export interface Following {
  thread_id: string;
  signal: AbortSignal;
  onEvents: (events: StreamedEvent[]) => void;
  onConnection: (connection: Connection) => void;
}

const MODES = "stream_mode=run_modes&stream_mode=lifecycle&stream_mode=state_update";

/** Resolves when the reader leaves, the thread is deleted, or the key is refused. */
export async function followThread({ thread_id, signal, onEvents, onConnection }: Following): Promise<void> {
  let cursor = "-";
  let pause = FIRST_PAUSE;
  const take = (events: StreamedEvent[]): void => {
    cursor = events.at(-1)?.id ?? cursor;
    pause = FIRST_PAUSE;
    onEvents(events);
  };
  while (!signal.aborted) {
    onConnection("connecting");
    try {
      const response = await fetch(urlOf(`threads/${thread_id}/stream?${MODES}`), {
        headers: { ...headersOf(), "last-event-id": cursor },
        signal,
      });
      if (response.status === 401 || response.status === 404) {
        await errorOf(response);
        return onConnection("gone");
      }
      if (!response.ok || !response.body) throw await errorOf(response);
      onConnection("live");
      await readEvents(response.body, take);
      // It ends by itself only when the thread is deleted; a cut is an error.
      return onConnection("gone");
    } catch {
      if (signal.aborted) return;
      onConnection("offline");
      await untilOnline(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
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
