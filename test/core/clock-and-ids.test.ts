/** The clock of a process while the system's is set: its durations do not notice, and it knows of the step. */
import { CLOCK_STEP } from "../../functions/core/run/timings.ts";
import { createClock, systemIds } from "../../functions/host/clock-and-ids.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const set = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

test.each([-3_600_000, -8_000, 8_000, 3_600_000])(
  "E1: set by %d ms: only the wall time moves, and it is no longer steady",
  (ms) => {
    const clock = createClock();
    const [wall, monotonic, steady] = [clock.now(), clock.monotonic(), clock.steadyFor()];

    set(ms);

    expect(steady).toBe(Infinity);
    expect(clock.steadyFor()).toBeLessThan(1_000);
    expect(clock.now() - wall).toBe(ms);
    expect(clock.monotonic() - monotonic).toBeGreaterThanOrEqual(0);
    expect(clock.monotonic() - monotonic).toBeLessThan(5_000);
  },
);

test("E1: is steady while it is adjusted by little", () => {
  const clock = createClock();

  set(-CLOCK_STEP / 2);

  expect(clock.steadyFor()).toBe(Infinity);
});

test("E1: ids stay in order while the clock is set back", () => {
  const before = systemIds.uuid7();

  set(-3_600_000);
  const after = Array.from({ length: 5_000 }, () => systemIds.uuid7());

  expect([before, ...after]).toEqual([before, ...after].toSorted());
});
