/**
 * The ports Clock and Ids of a real process: the only file that asks the system for the time. Must not give two ids of one process out of
 * order.
 */
import { randomBytes } from "node:crypto";
import type { Clock, Ids } from "../core/ports.ts";
import { CLOCK_STEP } from "../core/run/timings.ts";
import { uuidText } from "../core/uuid-text.ts";

/** The sources of a clock. */
export interface TimeSource extends Pick<Clock, "monotonic" | "schedule" | "jitter"> {
  /** ms since 1970, as the wall clock shows it. */
  wall: () => number;
}

const SYSTEM: TimeSource = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  schedule,
  jitter: Math.random,
};

/** The clock of one process. It sees steps of the wall clock since it was made. */
export function createClock(source: TimeSource = SYSTEM): Clock {
  const { wall: readWall, monotonic } = source;
  let offset = readWall() - monotonic();
  let steppedAt = Number.NEGATIVE_INFINITY;
  const now = (): number => {
    const wall = readWall();
    const apart = wall - monotonic();
    if (Math.abs(apart - offset) > CLOCK_STEP) steppedAt = monotonic();
    offset = apart;
    return wall;
  };
  const steadyFor = (): number => {
    now();
    return monotonic() - steppedAt;
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        cancel();
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const cancel = source.schedule(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    });
  const turn = (): Promise<void> => new Promise((resolve) => void source.schedule(resolve));
  return { now, monotonic, steadyFor, sleep, turn, schedule: source.schedule, jitter: source.jitter };
}

export const systemClock: Clock = createClock();

function schedule(task: () => void, ms?: number): () => void {
  if (ms === undefined) {
    const immediate = setImmediate(task);
    return () => clearImmediate(immediate);
  }
  // What is left until a deadline may be over.
  const timer = setTimeout(task, Math.max(0, ms));
  return () => clearTimeout(timer);
}

/** A nonce of 9 bytes is 12 characters. */
export const systemIds: Ids = { uuid7, nonce: () => randomBytes(9).toString("base64url") };

let lastTime = 0;
let counter = 0;

/** RFC 9562, with the 12 bits after the version as a counter, so that ids of one process are in order within a millisecond, too. */
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
