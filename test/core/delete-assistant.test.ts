/** What becomes of the runs and threads of an assistant that is deleted. */
import { createAssistant } from "../../functions/core/assistant/create-assistant.ts";
import { deleteAssistant } from "../../functions/core/assistant/delete-assistant.ts";
import { findAssistant } from "../../functions/core/assistant/find-assistant.ts";
import { Impossible } from "../../functions/core/failure/failure.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { DELETE_PATIENCE, LEASE } from "../../functions/core/run/timings.ts";
import { AssistantCreate } from "../../functions/protocol/assistant.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { PATIENCE } from "../support/patience.ts";
import { completes, created, handleAll, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

async function aSystem() {
  const ports = corePorts(await table.another(), completes);
  const made = await createAssistant(ports, AssistantCreate.parse({ graph_id: "scripted" }));
  if (!("assistant" in made)) throw new Error(made.detail);
  const { assistant_id } = made.assistant;
  const run = async (thread_id: string | null, fields: object = {}) =>
    created(ports, thread_id, { assistant_id, ...fields });
  return { ports, assistant_id, run };
}

test("its runs are stopped, whether they run, wait in line or are delayed; those of others go on", async () => {
  const { ports, assistant_id, run } = await aSystem();
  const shared = await aThread(ports);
  const other = await created(ports, shared);
  const queued = await run(shared);
  const [running, delayed, stateless] = [
    await run(await aThread(ports)),
    await run(await aThread(ports), { after_seconds: 60 }),
    await run(null, { after_seconds: 60 }),
  ];
  await claimRun(ports, running, { purpose: "run" });

  expect(await deleteAssistant(ports, assistant_id, { threads: false })).toEqual({ kind: "deleted" });
  // Its worker would end it; without one, the end of the lease.
  ports.advance(LEASE + 1);
  ports.sent.push(running);
  await handleAll(ports);

  for (const stopped of [queued, running, delayed, stateless])
    expect(await statusOf(ports, stopped)).toBe("interrupted");
  expect(await statusOf(ports, other)).toBe("success");
});

test("the runs of a graph's own assistant go on: it is again what langgraph.json says", async () => {
  const { ports } = await aSystem();
  const run = await created(ports, await aThread(ports));

  expect(await deleteAssistant(ports, "scripted", { threads: false })).toEqual({ kind: "deleted" });
  await handleAll(ports);

  expect(await statusOf(ports, run)).toBe("success");
});

describe("delete_threads", () => {
  test("deletes the threads of its runs, busy ones too, and none of others", async () => {
    const { ports, assistant_id, run } = await aSystem();
    const [idle, busy, delayed, other] = [
      await aThread(ports),
      await aThread(ports),
      await aThread(ports),
      await aThread(ports),
    ];
    await run(idle);
    await created(ports, other);
    await handleAll(ports);
    await run(busy);
    await run(delayed, { after_seconds: 60 });

    expect(await deleteAssistant(ports, assistant_id, { threads: true })).toEqual({ kind: "deleted" });

    const rows = await ports.threads.getMany([idle, busy, delayed, other]);
    expect(rows.map(({ thread_id }) => thread_id)).toEqual([other]);
  });

  test("keeps the assistant while a thread cannot go yet, and can be repeated", async () => {
    const { ports, assistant_id, run } = await aSystem();
    const thread_id = await aThread(ports);
    await run(thread_id);
    const runs = { ...ports.runs, finish: () => Promise.reject(new Impossible("not now")) };

    const deleting = deleteAssistant({ ...ports, runs }, assistant_id, { threads: true });
    await vi.waitFor(async () => {
      const [row] = await ports.runs.list(thread_id);
      expect(row?.cancel).toBe("delete");
    }, PATIENCE);
    ports.advance(DELETE_PATIENCE + 1);

    expect(await deleting).toMatchObject({ kind: "not_ended", detail: expect.stringContaining("delete_threads") });
    expect(await findAssistant(ports, assistant_id)).toBeDefined();
    expect(await deleteAssistant(ports, assistant_id, { threads: true })).toEqual({ kind: "deleted" });
    expect(await ports.threads.get(thread_id)).toMatchObject({ deleted: true });
  });
});
