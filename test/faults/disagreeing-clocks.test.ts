/** Clocks of the hosts disagree, or jump: leases, the order of events, and who may write stay as they are. */
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { aThread, type CorePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { dying, nth } from "../support/processes.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { host, statusOf } from "../support/run-steps.ts";
import { aRun, openSteps, settle, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

const FIVE_MINUTES = 300_000;
const skewed = (ports: CorePorts, by: () => number): CorePorts => ({
  ...ports,
  clock: { ...ports.clock, now: () => ports.clock.now() + by() },
});

describe("fault 41: clocks that disagree by five minutes", () => {
  test.each([FIVE_MINUTES, -FIVE_MINUTES])("a worker %d ms off that dies, and one that does not", async (skew) => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    const reader = watchRun(ports, run);
    const worker = dying(
      skewed(await project.process(own, ports), () => skew),
      nth("checkpoints.putHead", 3),
    );
    void handleMessage(worker.ports, run, host);
    await worker.died;
    const next = await aRun(ports, thread_id);

    await settle(
      skewed(ports, () => skew / 2),
      thread_id,
    );
    await settle(ports, thread_id);

    expect([await statusOf(ports, run), await statusOf(ports, next)]).toEqual(["success", "success"]);
    await expectInvariants(ports, thread_id, [await reader.ended], [run.run_id, next.run_id]);
  });

  test("a worker whose lease looks over to others while it works: fenced by the next, one end", async () => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    project.onNode(thread_id, (node) => {
      if (node !== "b") return undefined;
      begun.resolve();
      return goOn.promise;
    });
    const late = handleMessage(
      skewed(await project.process(own, ports), () => -FIVE_MINUTES),
      run,
      host,
    );
    await begun.promise;
    project.onNode(thread_id, () => undefined);

    expect(await handleMessage(ports, run, host)).toBe("finished");
    goOn.resolve();

    expect(await late).toBe("lost");
    await expectInvariants(ports, thread_id);
  });

  test("a clock that jumps back in the middle of a run: its events keep their order", async () => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    let skew = 0;
    project.onNode(thread_id, (node) => void (skew = node === "b" ? -FIVE_MINUTES : skew));

    expect(
      await handleMessage(
        skewed(ports, () => skew),
        run,
        host,
      ),
    ).toBe("finished");

    await expectInvariants(ports, thread_id);
  });
});
