import type { Closed } from "../../functions/core/run/watchers.ts";
import { type OpenBody, openBody } from "../../functions/http/edge/open-body.ts";
import { KEEP_ALIVE } from "../../functions/http/edge/timings.ts";
import { ManualClock } from "./manual-clock.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (chunk: Uint8Array | undefined) => new TextDecoder().decode(chunk);

/** A body over a source that is fed by hand. */
function aBody(overrides: Partial<OpenBody> = {}) {
  const clock = new ManualClock();
  const closed: Closed[] = [];
  let signal: AbortSignal | undefined;
  let produced = 0;
  const waiting: ((chunk: string | Error | undefined) => void)[] = [];
  const fed: (string | Error | undefined)[] = [];
  const feed = (...chunks: (string | Error | undefined)[]) => {
    for (const chunk of chunks) {
      const taker = waiting.shift();
      if (taker) taker(chunk);
      else fed.push(chunk);
    }
  };
  const body = openBody({
    clock,
    filler: bytes("."),
    limits: { ms: 60_000, bytes: 1_000 },
    onClose: (how) => closed.push(how),
    async *source(given) {
      signal = given;
      for (;;) {
        const chunk = fed.length
          ? fed.shift()
          : await new Promise<string | Error | undefined>((resolve) => {
              waiting.push(resolve);
              given.addEventListener("abort", () => resolve(undefined), { once: true });
            });
        if (chunk === undefined) return;
        if (chunk instanceof Error) throw chunk;
        produced++;
        yield bytes(chunk);
      }
    },
    ...overrides,
  });
  const reader = body.getReader();
  const read = async () => {
    const { done, value } = await reader.read();
    return done ? undefined : text(value);
  };
  return { clock, closed, reader, read, feed, produced: () => produced, signal: () => signal };
}

describe("a body that stays open", () => {
  test("passes chunks on and ends with its source", async () => {
    const { read, feed, closed, clock } = aBody();

    feed("a", "b", undefined);

    expect([await read(), await read(), await read()]).toEqual(["a", "b", undefined]);
    expect(closed).toEqual(["ended"]);
    expect(clock.sleeping).toBe(0);
  });

  test("fills silence on the clock of the request", async () => {
    const { read, clock } = aBody();

    const first = read();
    await clock.advance(KEEP_ALIVE);
    const second = read();
    await clock.advance(KEEP_ALIVE);

    expect([await first, await second]).toEqual([".", "."]);
  });

  test("fills on the same clock while chunks flow", async () => {
    const { read, feed, clock } = aBody();

    const seen: (string | undefined)[] = [];
    for (let i = 0; i < 12; i++) {
      feed("x");
      seen.push(await read());
      await clock.advance(KEEP_ALIVE / 5);
    }

    expect(seen.join("")).toBe("xxxxx.xxxx.x");
  });

  test("does not make up for beats that a slow reader missed", async () => {
    const { read, feed, clock } = aBody();

    await clock.advance(KEEP_ALIVE * 3.5);
    feed("x");

    expect([await read(), await read()]).toEqual([".", "x"]);
  });

  test.each([-3_600_000, -8_000, 3_600_000])(
    "E1: the wall clock is set by %d ms: fills and is cut as before",
    async (ms) => {
      const { read, clock } = aBody();
      const first = read();
      await clock.advance(1);
      clock.step(ms);

      await clock.advance(KEEP_ALIVE);
      const filled = await first;
      const second = read();
      await clock.advance(KEEP_ALIVE);
      const filledAgain = await second;
      await clock.advance(60_000);

      expect([filled, filledAgain]).toEqual([".", "."]);
      await expect(read()).rejects.toThrow("time");
    },
  );

  test("E1: a timer that fires early is set again, not asked again and again", async () => {
    let slept = 0;
    const clock = new ManualClock();
    const early: OpenBody["clock"] = {
      monotonic: () => clock.monotonic(),
      sleep: async (ms) => {
        slept++;
        await new Promise((resolve) => setImmediate(resolve));
        await clock.advance(ms * 0.9);
      },
    };
    const { read } = aBody({ clock: early });

    expect(await read()).toBe(".");
    expect(slept).toBeGreaterThan(1);
  });

  test("takes nothing from its source before it is read", async () => {
    const { read, feed, produced } = aBody();

    feed("a", "b", "c");
    await new Promise((resolve) => setImmediate(resolve));
    const before = produced();
    await read();

    expect([before, produced()]).toEqual([0, 1]);
  });

  test("is aborted, not ended, at its time", async () => {
    const { read, clock, closed, signal } = aBody();

    const pending = read();
    await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 12; i++) await clock.advance(KEEP_ALIVE);

    expect(await pending).toBe(".");
    await expect(read()).rejects.toThrow("time");
    expect(closed).toEqual(["cut"]);
    expect(signal()?.aborted).toBe(true);
  });

  test("is aborted before it grows beyond its size", async () => {
    const { read, feed, closed } = aBody({ limits: { ms: 60_000, bytes: 5 } });

    feed("abc", "def");

    expect(await read()).toBe("abc");
    await expect(read()).rejects.toThrow("size");
    expect(closed).toEqual(["cut"]);
  });

  test("is aborted when its source fails", async () => {
    const { read, feed, closed, clock } = aBody();

    feed("a", new Error("no table"));

    expect(await read()).toBe("a");
    await expect(read()).rejects.toThrow("no table");
    expect(closed).toEqual(["cut"]);
    expect(clock.sleeping).toBe(0);
  });

  test("tells its source when the reader leaves", async () => {
    const { reader, read, feed, signal, closed, clock } = aBody();

    feed("a");
    await read();
    const pending = read();
    await reader.cancel();
    await pending;

    expect(signal()?.aborted).toBe(true);
    expect(closed).toEqual(["disconnected"]);
    expect(clock.sleeping).toBe(0);
  });

  test("does not take a source that was stopped for an end", async () => {
    const gone = new AbortController();
    const { read, closed } = aBody({ disconnected: gone.signal });

    const pending = read();
    await new Promise((resolve) => setImmediate(resolve));
    gone.abort();

    await expect(pending).rejects.toThrow("left");
    expect(closed).toEqual(["disconnected"]);
  });
});
