/** Slots that appender and reader of one process share: never one with a gap before it, and never more than memory allows. */
import type { Slot } from "../../functions/core/log/slot.ts";
import { WAKE_BYTES } from "../../local/timings.ts";
import { createWake } from "../../local/wake.ts";

const slot = (number: number, bytes = 10): Slot => ({
  slot: number,
  run_id: "run",
  gen: 0,
  epoch: 1,
  nonce: `n.${number}`,
  count: 1,
  payload: new Uint8Array(bytes),
  more: false,
  parts: 0,
  written_at: 0,
});
const numbers = (slots: Slot[]): number[] => slots.map((one) => one.slot);

test("a reader is given what comes after its place, at most what it asks for", () => {
  const wake = createWake();
  for (const n of [5, 6, 7, 8]) wake.notify("thread", slot(n));

  expect(numbers(wake.recent("thread", 5, 2))).toEqual([6, 7]);
  expect(numbers(wake.recent("thread", 4, 64))).toEqual([5, 6, 7, 8]);
  expect(wake.recent("thread", 8, 64)).toEqual([]);
  expect(wake.recent("other", 0, 64)).toEqual([]);
});

test("a reader from before the first known slot has to read the table", () => {
  const wake = createWake();
  for (const n of [5, 6]) wake.notify("thread", slot(n));

  expect(wake.recent("thread", 3, 64)).toEqual([]);
});

test("slots before a gap are forgotten, one that is told late is none", () => {
  const wake = createWake();
  for (const n of [1, 2, 4, 3]) wake.notify("thread", slot(n));

  expect(wake.recent("thread", 1, 64)).toEqual([]);
  expect(numbers(wake.recent("thread", 3, 64))).toEqual([4]);
});

test("memory is bounded: the thread that was written longest ago is forgotten first, its readers still wake", async () => {
  const wake = createWake();
  wake.notify("old", slot(1, WAKE_BYTES / 2));
  wake.notify("new", slot(1, WAKE_BYTES / 2 + 1));

  expect(wake.recent("old", 0, 64)).toEqual([]);
  expect(numbers(wake.recent("new", 0, 64))).toEqual([1]);
  await wake.wait("old", 0, 3_600_000);
});
