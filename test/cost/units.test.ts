/** The unit counts that the calculator reckons with are still what the system consumes. Shorter than the measurement that made them. */
import { measureUnits } from "../../cost/measure/measure-units.ts";
import { Meter } from "../../cost/measure/meter.ts";
import { startSystem } from "../../cost/measure/system.ts";
import { MEASURED, type UnitCounts } from "../../cost/unit-counts.ts";
import { silentLogger } from "../http/silent-logger.ts";

const SHORTER = { seconds: 12, calls: 5, readers: 2, stateKb: 60 };

let counts: UnitCounts;
beforeAll(async () => {
  await using system = await startSystem(silentLogger());
  const meter = new Meter();
  counts = await measureUnits(system, meter, SHORTER);
  meter.stop();
});

/** Reads have slack for what a slow machine adds: a look for a cancel each second, polls of a reader. They cost next to nothing. */
type Of = (units: UnitCounts) => number;

it.each<[string, Of, number]>([
  ["writes of a run", ({ writes }) => writes.run, 2],
  ["writes of a call", ({ writes }) => writes.call, 1],
  ["writes by KB of state", ({ writes }) => writes.stateKb, 0.15],
  ["writes by KB of state and call", ({ writes }) => writes.stateKbCall, 0.15],
  ["reads of a run", ({ reads }) => reads.run, 10],
  ["reads of a call", ({ reads }) => reads.call, 3],
  ["reads of a reader, once", ({ reads }) => reads.reader, 8],
  ["A6: KB to a reader, once", ({ sentKb }) => sentKb.reader, 0.2],
  ["A6: KB to a reader by token", ({ sentKb }) => sentKb.token, 0.05],
  ["A6: KB to a reader by KB of state", ({ sentKb }) => sentKb.stateKbValues, 0.05],
  ["KB that a run leaves", ({ keptKb }) => keptKb.run, 0.5],
  ["KB that a call leaves", ({ keptKb }) => keptKb.call, 0.3],
])("%s are as they were", (_, of, slack) => {
  const [now, then] = [of(counts), of(MEASURED)];

  expect(now).toBeGreaterThan(then - slack);
  expect(now).toBeLessThan(then + slack);
});

/** On a busy machine fewer polls and flushes fit into a second, never more. */
it.each<[string, Of]>([
  ["lease", ({ writes }) => writes.second],
  ["log while tokens come", ({ writes }) => writes.flowingSecond],
  ["look for a cancel", ({ reads }) => reads.second],
  ["reader of a silent run", ({ reads }) => reads.readerSecond],
  ["reader of tokens", ({ reads }) => reads.readerFlowingSecond],
])("a second of %s consumes no more than it did", (_, of) => {
  expect(of(counts)).toBeLessThan(of(MEASURED) * 1.25);
  // On a busy machine polls are fewer: only more of them would be a regression.
  expect(of(counts)).toBeGreaterThan(0);
});
