/** The leases that an isolated server ends when it has killed its workers. */
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { isUnheld } from "../../functions/core/run/run-row.ts";
import { endLeases } from "../../local/isolated/end-leases.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { created, hello, host, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

test("a run of a killed worker is claimed at once by the next; what waits is left alone", async () => {
  const ports = corePorts(table, hello);
  const [held, waiting] = [await created(ports, await aThread(ports)), await created(ports, await aThread(ports))];
  await claimRun(ports, held, { purpose: "run" });
  const before = await ports.runs.get(waiting);

  await endLeases(ports);

  const row = await ports.runs.get(held);
  expect(row && isUnheld(row, ports.clock.now() + 1)).toBe(true);
  expect(await ports.runs.get(waiting)).toEqual(before);
  expect(await handleMessage(ports, held, host)).toBe("finished");
  expect(await statusOf(ports, held)).toBe("success");
});
