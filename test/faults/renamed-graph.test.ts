/** R20: a graph is renamed in langgraph.json between two deployments; its threads and their runs are still there. */
import { readHistory, readState } from "../../functions/core/checkpoint/read-state.ts";
import { waitRun } from "../../functions/core/run/wait-run.ts";
import { getThread } from "../../functions/core/thread/threads.ts";
import { HistoryQuery } from "../../functions/protocol/thread.ts";
import { aThread } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { statusOf } from "../support/run-steps.ts";
import { aRun, NODES, openSteps, settle, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
let renamed: StepsProject;
beforeAll(async () => {
  [table, project, renamed] = await Promise.all([startTable(), openSteps(), openSteps("renamed")]);
});
afterAll(() => Promise.all([table.stop(), project.close(), renamed.close()]));

const history = HistoryQuery.parse({ limit: 10 });

test("R20: everything stored is shown under the old name, and the new name goes on from it", async () => {
  const before = await project.process(table);
  const thread_id = await aThread(before);
  const run = await aRun(before, thread_id);
  await settle(before, thread_id);
  const after = await renamed.process(table, before);

  const thread = await getThread(after, thread_id);
  const state = await readState(after, thread_id, {});
  const states = await readHistory(after, thread_id, history);
  const result = await waitRun(after, run);

  expect(thread).toMatchObject({ status: "idle", values: { trail: NODES } });
  expect(state).toMatchObject({ values: { trail: NODES }, next: [], metadata: { graph_id: "steps" } });
  expect(states?.map(({ next }) => next)).toEqual([[], ["c"], ["b"], ["a"], ["__start__"]]);
  expect(result).toEqual({ trail: NODES });

  const next = await aRun(after, thread_id, { assistant_id: "walk" });
  await settle(after, thread_id);
  expect(await statusOf(after, next)).toBe("success");
  expect((await readState(after, thread_id, {}))?.values).toEqual({ trail: [...NODES, ...NODES] });
});

test("R20: a thread that waits keeps its questions, also those too large for its row", async () => {
  const before = await project.process(table);
  const thread_id = await aThread(before);
  await aRun(before, thread_id, { assistant_id: "asking" });
  await settle(before, thread_id);
  const row = await before.threads.get(thread_id);
  if (!row) throw new Error("the thread is gone");
  const { interrupts: onRow, ...large } = row;
  await before.threads.put({ row: { ...large, rev: row.rev + 1 }, seen: row.rev }, before.ids.nonce());
  const after = await renamed.process(table, before);

  expect(Object.values(onRow ?? {}).flat()).toMatchObject([{ value: "?" }]);
  expect(await getThread(after, thread_id)).toMatchObject({ status: "interrupted", interrupts: onRow });
  expect(await readState(after, thread_id, {})).toMatchObject({ next: ["ask"], interrupts: [{ value: "?" }] });
});
