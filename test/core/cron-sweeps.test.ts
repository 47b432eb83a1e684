/** Sweeps that overlap: two sweepers whose calls fail, hang and are answered late, while threads are deleted. Each minute has its run. */
import { createCron } from "../../functions/core/cron/create-cron.ts";
import { Unclear } from "../../functions/core/failure/failure.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { MINUTE } from "../../functions/core/units.ts";
import { CronCreate } from "../../functions/protocol/cron.ts";
import { createDice, type Dice } from "../sim/dice.ts";
import { aThread, type CorePorts, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, handleAll } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const MINUTES = 6;
const CRONS = 6;

/** Of 16 calls one is lost, one loses its answer, and four wait while other calls go on. */
function faulty<T extends object>(port: T, names: readonly (keyof T)[], dice: Dice): T {
  const wrapped = names.map((name) => {
    const call = port[name] as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: unknown[]) => {
        const fault = dice.below(16);
        if (fault === 0) throw new Unclear("the request was lost");
        if (fault > 11) for (let turns = dice.below(20); turns > 0; turns--) await new Promise(setImmediate);
        const answer = await call.apply(port, args);
        if (fault === 1) throw new Unclear("the answer was lost");
        return answer;
      },
    ];
  });
  return { ...port, ...Object.fromEntries(wrapped) };
}

const sweeper = (own: TestTable, beside: CorePorts, dice: Dice): CorePorts => {
  const ports = corePorts(own, completes, beside);
  return {
    ...ports,
    crons: faulty(ports.crons, ["get", "put", "payload", "remove"], dice),
    runs: faulty(ports.runs, ["create", "findKey"], dice),
    threads: faulty(ports.threads, ["get"], dice),
  };
};

test.each([1, 2])("each cron has one run a minute, and none after its thread is deleted (dice %i)", async (seed) => {
  const dice = createDice(seed);
  const own = await table.another();
  const ports = corePorts(own, completes);
  ports.step(MINUTE - (ports.clock.now() % MINUTE));
  const threads: string[] = [];
  for (let n = 0; n < CRONS; n++) {
    const thread_id = await aThread(ports);
    const body = CronCreate.parse({ assistant_id: "scripted", schedule: "* * * * *" });
    expect((await createCron(ports, thread_id, body)).kind).toBe("created");
    threads.push(thread_id);
  }
  const sweepers = [1, 2].map(() => sweeper(own, ports, dice));

  for (let minute = 1; minute <= MINUTES; minute++) {
    ports.step(MINUTE);
    const gone = minute % 2 === 0 ? threads.splice(0, 1) : [];
    await Promise.all([
      ...sweepers.map((one) => sweep(one)),
      ...gone.map((thread_id) => deleteThread(ports, thread_id)),
    ]);
    // What both could not do is left to a third.
    await sweep(ports);
    await handleAll(ports);
    await handleAll(ports);

    for (const thread_id of threads) expect(await ports.runs.list(thread_id)).toHaveLength(minute);
    for (const thread_id of gone)
      expect(await ports.threads.get(thread_id)).toMatchObject({ deleted: true, active_run: null });
  }

  expect(await ports.crons.list()).toHaveLength(threads.length);
});
