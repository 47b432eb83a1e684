/**
 * The ports Clock and Ids of a real process: the one place that asks the system for the time. Where a rule depends on time or chance, it
 * asks these. Must not give two ids of one process out of order.
 */
import { randomBytes } from "node:crypto";
import type { Clock, Ids } from "../core/ports.ts";
import { CLOCK_STEP } from "../core/run/timings.ts";
import { uuidText } from "../core/uuid-text.ts";

const monotonic = (): number => performance.now();

/** The clock of one process: of steps it knows what has happened since it was made. */
export function createSystemClock(): Clock {
  let offset = Date.now() - monotonic();
  let steppedAt = Number.NEGATIVE_INFINITY;
  const now = (): number => {
    const wall = Date.now();
    const apart = wall - monotonic();
    if (Math.abs(apart - offset) > CLOCK_STEP) steppedAt = monotonic();
    offset = apart;
    return wall;
  };
  const steadyFor = (): number => {
    now();
    return monotonic() - steppedAt;
  };
  return { now, monotonic, steadyFor, sleep };
}

export const systemClock: Clock = createSystemClock();

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** A nonce of 9 bytes is 12 characters. */
export const systemIds: Ids = { uuid7, nonce: () => randomBytes(9).toString("base64url"), jitter: Math.random };

let lastTime = 0;
let counter = 0;

/** RFC 9562, with the 12 bits after the version as a counter: ids of one process are in order within a millisecond, too. */
function uuid7(): string {
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastTime++;
    counter = 0;
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastTime, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidText(bytes);
}
