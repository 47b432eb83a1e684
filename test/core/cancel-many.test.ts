/** Cancels several runs: every one that waits or runs, of all threads; and what is left if one of them cannot be cancelled. */
import { cancelRuns } from "../../functions/core/run/end/cancel-runs.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { LEASE } from "../../functions/core/run/timings.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

/** One run in each state: over, held by a worker, in line behind that one, not claimed yet, to begin later, stateless. */
async function runsInEachState() {
  const ports = corePorts(await table.another(), completes);
  const over = await created(ports, await aThread(ports));
  await handleMessage(ports, over, host);
  const thread_id = await aThread(ports);
  const running = await created(ports, thread_id);
  await claimRun(ports, running, { purpose: "run" });
  const runs = {
    over,
    running,
    queued: await created(ports, thread_id),
    pending: await created(ports, await aThread(ports)),
    delayed: await created(ports, await aThread(ports), { after_seconds: 60 }),
    stateless: await created(ports, null),
  };
  const statuses = async () =>
    Object.fromEntries(
      await Promise.all(Object.entries(runs).map(async ([name, run]) => [name, await statusOf(ports, run)])),
    );
  /** Its worker is gone: whoever claims the run next ends it. */
  const settle = async (): Promise<void> => {
    ports.advance(LEASE + 1);
    await handleMessage(ports, running, host);
  };
  return { ports, runs, statuses, settle };
}

test.each([
  ["all", "interrupt", "interrupted", ["running", "queued", "pending", "delayed", "stateless"]],
  ["all", "rollback", "rolled_back", ["running", "queued", "pending", "delayed", "stateless"]],
  ["pending", "interrupt", "interrupted", ["queued", "pending", "delayed", "stateless"]],
  ["running", "interrupt", "interrupted", ["running"]],
] as const)("a cancel of those with status %s, by %s", async (status, action, end, cancelled) => {
  const { ports, statuses, settle } = await runsInEachState();
  const before = await statuses();

  expect(await cancelRuns(ports, { status }, action)).toBe("requested");
  if (status !== "pending") await settle();

  const after = await statuses();
  expect(after).toMatchObject({ over: "success", ...Object.fromEntries(cancelled.map((name) => [name, end])) });
  const others = Object.keys(before).filter((name) => !cancelled.some((one) => one === name));
  // What was in line behind a cancelled run becomes active.
  expect(others.map((name) => after[name])).toEqual(others.map((name) => before[name]));
});

test("a cancel of all is no error where none waits or runs", async () => {
  const ports = corePorts(await table.another(), completes);

  expect(await cancelRuns(ports, { status: "all" }, "interrupt")).toBe("requested");
});

test("a cancel of all that fails in the middle can be repeated", async () => {
  const { ports, runs, statuses, settle } = await runsInEachState();
  const requestCancel: typeof ports.runs.requestCancel = (ref, intent) =>
    ref.run_id === runs.pending.run_id
      ? Promise.reject(new TypeError("a defect"))
      : ports.runs.requestCancel(ref, intent);

  await expect(
    cancelRuns({ ...ports, runs: { ...ports.runs, requestCancel } }, { status: "all" }, "interrupt"),
  ).rejects.toThrow("a defect");
  await cancelRuns(ports, { status: "all" }, "interrupt");
  await settle();

  const { over, ...others } = await statuses();
  expect(over).toBe("success");
  expect(new Set(Object.values(others))).toEqual(new Set(["interrupted"]));
});
