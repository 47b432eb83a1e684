/** Values, events and batches beyond each limit: of an item, a transaction, a stream, a text, the memory. Every accepted run ends. */
import { randomBytes, randomUUID } from "node:crypto";
import { Impossible } from "../../functions/core/failure/failure.ts";
import { parseCursor } from "../../functions/core/log/cursor.ts";
import type { LogEvent } from "../../functions/core/log/slot.ts";
import { BACKLOG_CHARACTERS, FLUSH_BYTES } from "../../functions/core/log/timings.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { WHOLE_BYTES } from "../../functions/core/json/size-limits.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { slowAppends } from "../support/faults.ts";
import { interpose } from "../support/processes.ts";
import { expectInvariants } from "../support/recorded.ts";
import { completed, created, host, readAll } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const noise = (bytes: number): string => JSON.stringify(randomBytes(Math.floor(bytes * 0.74)).toString("base64"));
const text = (bytes: number): string => JSON.stringify("x".repeat(bytes - 2));
const event = (data: string, name = "custom"): LogEvent => ({ event: name, data });

/** A run of this script, executed by one worker, or as often as it is claimed again. */
async function aRun(script: Script, around: (ports: CorePorts) => CorePorts = (ports) => ports) {
  const ports = corePorts(table, script);
  const thread_id = await aThread(ports);
  const run = await created(ports, thread_id);
  await handleMessage(around(ports), run, host);
  return { ports, thread_id, run };
}

/** What its readers and its thread say of a run that has ended. */
async function endOf({ ports, thread_id, run }: Awaited<ReturnType<typeof aRun>>) {
  const { events, end } = await readAll(ports, run);
  const { status, active_run, error } = (await ports.threads.get(thread_id)) ?? {};
  await expectInvariants(ports, thread_id);
  return { end, last: JSON.parse(events.at(-1)?.data ?? "") as unknown, thread: { status, active_run, error } };
}

const failed = (name: string, message: string | RegExp) => {
  const error = { error: name, message: expect.stringMatching(message) as string };
  return { end: { kind: "ended", status: "error" }, last: error, thread: { status: "error", active_run: null, error } };
};

test("R5: the largest event arrives whole, and so do questions of several pages, from their own cursor too", async () => {
  const largest = JSON.stringify(randomBytes((WHOLE_BYTES - 2) / 2).toString("hex"));
  const asked = noise(3_000_000);

  const { ports, run } = await aRun(async (_invocation, { sink }) => {
    sink.emit(event(largest), "structural");
    sink.emit(event(asked, "values"), "held");
    sink.emit(event("2", "values"), "held");
    return completed;
  });

  const { events } = await readAll(ports, run);
  expect(events.map(({ data }) => data.length)).toEqual([events[0]?.data.length, WHOLE_BYTES, asked.length, 1]);
  expect(events[1]?.data === largest && events[2]?.data === asked).toBe(true);
  const resumed = await readAll(ports, run, parseCursor(events[2]?.id));
  expect(resumed.events).toEqual(events.slice(3));
});

test.each<[string, (sink: { emit: (event: LogEvent, urgency: "structural" | "held") => void }) => void, RegExp]>([
  [
    "an event that no stream may carry",
    ({ emit }) => emit(event(text(WHOLE_BYTES + 1), "values"), "structural"),
    /^An event "values" has 33554433 bytes, at most 33554432 are allowed$/,
  ],
  [
    "one that is too large in bytes, not in characters",
    ({ emit }) => emit(event(JSON.stringify("€".repeat(WHOLE_BYTES / 3 + 1))), "structural"),
    /^An event "custom" has 33554435 bytes/,
  ],
  [
    "questions that no text can hold together",
    ({ emit }) => {
      const question = event(text(8_000_000), "updates");
      for (let n = 0; n < 100; n++) emit(question, "held");
    },
    /^The text of the run's interrupts has \d+ bytes/,
  ],
])("R5: %s ends its run with an error", async (_name, emit, message) => {
  const failing: Script = async (_invocation, { sink }) => {
    emit({ emit: (...args) => sink.emit(...args) });
    return completed;
  };

  expect(await endOf(await aRun(failing))).toEqual(failed("TooLarge", message));
});

test("R5: a graph that is faster than the table ends with an error before it has taken the memory", async () => {
  const gate = Promise.withResolvers<void>();
  let emitted = 0;
  const flooding: Script = async (_invocation, { sink }) => {
    const data = text(1_000_000);
    try {
      for (; emitted < 1_000; emitted++) sink.emit(event(data), "token");
      return completed;
    } finally {
      gate.resolve();
    }
  };

  const flooded = await aRun(flooding, (ports) => ({ ...ports, log: slowAppends(ports.log, () => gate.promise) }));

  expect(emitted).toBe(Math.floor(BACKLOG_CHARACTERS / 1_000_000));
  expect(await endOf(flooded)).toEqual(
    failed("TooLarge", /^The graph emits events faster than the log takes them: \d+ events/),
  );
  expect((await readAll(flooded.ports, flooded.run)).events).toHaveLength(emitted + 2);
});

test("R5: questions that nobody could read end the run, not the finish", async () => {
  const value = "?".repeat(1_000_000);
  const questions = Array.from({ length: 600 }, (): [string, { id: string; value: string }[]] => {
    const id = randomUUID();
    return [id, [{ id, value }]];
  });

  const run = await aRun(() => Promise.resolve({ kind: "paused", interrupts: Object.fromEntries(questions) }));

  expect(await endOf(run)).toEqual(failed("TooLarge", /^The interrupts of the run have more than 33554432 bytes/));
});

test("R5: an end that the table refuses for what it is is replaced by one that it takes", async () => {
  let refused = 0;
  const around = (ports: CorePorts): CorePorts =>
    interpose(ports, ({ name }, carryOut) =>
      name === "runs.finish" && refused++ === 0 ? Promise.reject(new Impossible("too large")) : carryOut(),
    );

  const run = await aRun((_invocation, { sink }) => {
    sink.emit(event(noise(1_000_000)), "held");
    return Promise.resolve(completed);
  }, around);

  expect(await endOf(run)).toEqual(failed("RunLost", /^the end of the run cannot be written: Impossible: too large$/));
});

test("R5: a batch that the table refuses for what it is ends the run at once", async () => {
  const around = (ports: CorePorts): CorePorts => ({
    ...ports,
    log: {
      ...ports.log,
      append: (thread_id, slot) =>
        ports.log.append(thread_id, slot.count > 0 && !slot.nonce.endsWith(".open") ? beyondItem(slot) : slot),
    },
  });

  const run = await aRun((_invocation, { sink }) => {
    sink.emit(event(text(2 * FLUSH_BYTES)), "structural");
    return Promise.resolve(completed);
  }, around);

  expect(await endOf(run)).toEqual(
    failed("RunLost", /^the run cannot go on: Impossible: the table refuses it: .*size/i),
  );
});

/** As no code of ours makes it: the table itself refuses it. */
const beyondItem = <T extends object>(slot: T): T => ({ ...slot, payload: randomBytes(500_000) });
