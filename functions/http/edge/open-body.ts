/**
 * Bodies of responses that last as long as a run: chunks of a source, and between them a filler at fixed times. Pulled by the reader, so a
 * slow client holds one chunk in memory. Must never end before its source.
 */
import type { Clock } from "../../core/ports.ts";
import type { Closed } from "../../core/run/watchers.ts";
import { KEEP_ALIVE } from "./timings.ts";

/** A body that was cut by the host's limits: an abort on the wire, so that clients reconnect with their cursor. */
export class StreamCut extends Error {
  override name = "StreamCut";
}

export interface BodyLimits {
  /** ms from the start of the request. */
  ms: number;
  bytes: number;
}

export interface OpenBody {
  clock: Pick<Clock, "monotonic" | "sleep">;
  /** Sent every KEEP_ALIVE from the start of the request, whether or not chunks flow (observed on the official server). */
  filler: Uint8Array<ArrayBuffer>;
  limits: BodyLimits;
  /** Aborted when the host knows that the client has disconnected. */
  disconnected?: AbortSignal | undefined;
  /** Started at the first pull. Its signal aborts when nobody reads any more. A throw aborts the body. */
  source: (signal: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>, void>;
  /** Called once. */
  onClose?: (how: Closed) => void;
}

export function openBody({
  clock,
  filler,
  limits,
  disconnected,
  source,
  onClose,
}: OpenBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  const cutAt = clock.monotonic() + limits.ms;
  const closing = new AbortController();
  const signal = disconnected ? AbortSignal.any([disconnected, closing.signal]) : closing.signal;
  const chunks = source(signal);
  let beatAt = clock.monotonic() + KEEP_ALIVE;
  let alarm: Promise<undefined> | undefined;
  let pending: Promise<IteratorResult<Uint8Array<ArrayBuffer>, void>> | undefined;
  let sent = 0;

  /** Resolves at the next beat or cut, or when nobody reads any more. One timer at a time, however many chunks pass. */
  const ring = () =>
    (alarm ??= clock.sleep(Math.min(beatAt, cutAt) - clock.monotonic(), signal).then(() => (alarm = undefined)));
  const beatDue = (): boolean => {
    const now = clock.monotonic();
    if (now < beatAt) return false;
    beatAt += KEEP_ALIVE * (1 + Math.floor((now - beatAt) / KEEP_ALIVE));
    return true;
  };
  /** The next chunk, the filler when it is due, or undefined at the end of the source. */
  const next = async (): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    for (;;) {
      if (signal.aborted) throw new StreamCut("the reader has left");
      if (clock.monotonic() >= cutAt) throw new StreamCut("the time of this response is over");
      if (beatDue()) return filler;
      pending ??= chunks.next();
      const result = await Promise.race([pending, ring()]);
      // A source that is stopped ends early. That is not the end of the run.
      if (!result || signal.aborted) continue;
      pending = undefined;
      if (result.done) return undefined;
      return result.value;
    }
  };
  const close = (how: Closed) => {
    if (closing.signal.aborted) return;
    closing.abort("the body is closed");
    chunks.return().catch(() => undefined);
    onClose?.(how);
  };

  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const chunk = await next();
          if (chunk === undefined) {
            close("ended");
            controller.close();
            return;
          }
          sent += chunk.length;
          if (sent > limits.bytes) throw new StreamCut("this response has reached its size");
          controller.enqueue(chunk);
        } catch (error) {
          pending?.catch(() => undefined);
          close(disconnected?.aborted ? "disconnected" : "cut");
          throw error;
        }
      },
      cancel: () => close("disconnected"),
    },
    { highWaterMark: 0 },
  );
}
