/** A batch whose table fails in the middle: what exists is told, and a repetition with the same key creates the rest. */
import { Impossible } from "../../functions/core/failure/failure.ts";
import { createBatch } from "../../functions/core/run/create/create-batch.ts";
import { corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

test("is completed by a repetition", async () => {
  const ports = corePorts(table, completes);
  const key = crypto.randomUUID();
  const bodies = Array.from({ length: 30 }, (_, n) => runBody({ input: { n } }));
  let creates = 0;
  const create: typeof ports.runs.create = (transaction) =>
    ++creates === 25 ? Promise.reject(new Impossible("not allowed")) : ports.runs.create(transaction);

  const failed = await createBatch({ ...ports, runs: { ...ports.runs, create } }, bodies, { key });
  const made = ports.sent.map(({ run_id }) => run_id);
  const again = await createBatch(ports, bodies, { key });

  expect(failed).toEqual({ kind: "incomplete", detail: expect.stringMatching(/^29 of 30 runs were created/) });
  if (again.kind !== "created") throw new Error(again.detail);
  const ids = again.runs.map(({ run_id }) => run_id);
  expect(new Set(ids).size).toBe(30);
  expect(ids).toEqual(expect.arrayContaining(made));
  expect(ports.sent).toHaveLength(30);
});
