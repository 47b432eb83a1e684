/** A process that is told to stop, with runs that it cannot hand over in time. */
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { isUnheld } from "../../functions/core/run/run-row.ts";
import { aThread } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { expectInvariants } from "../support/recorded.ts";
import { host } from "../support/run-steps.ts";
import { aRun, openSteps, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

test("the lease of a run whose node goes on is ended: the next process claims it at once", async () => {
  const own = await table.another();
  const ports = await project.process(own);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id);
  const stopping = new AbortController();
  const begun = Promise.withResolvers<void>();
  const hung = Promise.withResolvers<void>();
  project.onNode(thread_id, () => {
    begun.resolve();
    return hung.promise;
  });

  const first = handleMessage(ports, run, { drain: stopping.signal, stopping: stopping.signal });
  await begun.promise;
  stopping.abort();
  const isFree = async (): Promise<boolean> => {
    const row = await ports.runs.get(run);
    return row !== undefined && isUnheld(row, ports.clock.now());
  };
  await expect.poll(isFree).toBe(true);
  project.onNode(thread_id, () => undefined);
  const next = await handleMessage(await project.process(own, ports), run, host);
  hung.resolve();

  expect([await first, next]).toEqual(["lost", "finished"]);
  expect((await ports.runs.get(run))?.attempt).toBe(2);
  await expectInvariants(ports, thread_id);
});
