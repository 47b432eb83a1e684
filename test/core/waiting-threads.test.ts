/** Threads that wait for a person: what becomes of the question when the run that took the answer is stopped. */
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { Interrupts } from "../../functions/core/thread/thread-row.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, host, readAll, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const question: Interrupts = { task: [{ value: "publish?", id: "1" }] };
const ask: Script = () => Promise.resolve({ kind: "paused", interrupts: question });

/** The first run asks; the next is answered by `answer`. */
async function aWaitingThread(answer: Script) {
  let runs = 0;
  const ports: CorePorts = corePorts(table, (...args) => (++runs === 1 ? ask(...args) : answer(...args)));
  const thread_id = await aThread(ports);
  await handleMessage(ports, await created(ports, thread_id), host);
  return { ports, thread_id };
}
const resume = { command: { resume: "yes" } };

describe("a thread that waits for a person", () => {
  it.each(["interrupt", "rollback"] as const)(
    "waits again when the answer is cancelled before it began (%s)",
    async (intent) => {
      const { ports, thread_id } = await aWaitingThread(() => Promise.resolve(completed));
      const run = await created(ports, thread_id, resume);

      await cancelRun(ports, run, intent);

      expect(await ports.threads.get(thread_id)).toMatchObject({ status: "interrupted", interrupts: question });
    },
  );

  it("waits again when the answer is rolled back in the middle", async () => {
    const started = Promise.withResolvers<void>();
    const { ports, thread_id } = await aWaitingThread(async (_invocation, { signal }) => {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return { kind: "aborted", unfinished: false, interrupts: {} };
    });
    const run = await created(ports, thread_id, resume);
    const working = handleMessage(ports, run, host);
    await started.promise;

    await cancelRun(ports, run, "rollback");
    await working;

    expect(await ports.threads.get(thread_id)).toMatchObject({ status: "interrupted", interrupts: question });
  });

  it("waits again when the answer waited in line and is cancelled then", async () => {
    const ports = corePorts(table, ask);
    const thread_id = await aThread(ports);
    const asking = await created(ports, thread_id);
    const answer = await created(ports, thread_id, resume);
    await handleMessage(ports, asking, host);

    await cancelRun(ports, answer, "interrupt");

    expect(await ports.threads.get(thread_id)).toMatchObject({
      status: "interrupted",
      interrupts: question,
      active_run: null,
    });
  });

  it("waits no more when it was answered", async () => {
    const { ports, thread_id } = await aWaitingThread(() => Promise.resolve(completed));

    await handleMessage(ports, await created(ports, thread_id, resume), host);

    expect(await ports.threads.get(thread_id)).toMatchObject({ status: "idle", interrupts: {} });
  });
});

it("a run that wrote no checkpoint shows the thread's, as its result", async () => {
  const head = { checkpoint_id: "c1", channels: "all" };
  let runs = 0;
  const ports = corePorts(table, () => Promise.resolve(++runs === 1 ? { ...completed, head } : completed));
  const thread_id = await aThread(ports);
  await handleMessage(ports, await created(ports, thread_id), host);
  const run = await created(ports, thread_id, { command: { resume: "what?" } });

  await handleMessage(ports, run, host);

  expect(await ports.runs.get(run)).toMatchObject({ status: "success", head });
  expect(await statusOf(ports, run)).toBe("success");
  expect((await readAll(ports, run)).end).toEqual({ kind: "ended", status: "success" });
});
