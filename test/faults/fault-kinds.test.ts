/** Each kind of fault, in graphs with graphs inside, in both languages: the run ends as if nothing had happened. */
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { LEASE } from "../../functions/core/run/timings.ts";
import { aThread, type CorePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { dying, freezing, noCall, nth } from "../support/processes.ts";
import { expectInvariants, record, watchRun } from "../support/recorded.ts";
import { host, statusOf } from "../support/run-steps.ts";
import { aRun, openSteps, settle, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

/** The second node of the inner graph: one that is stopped there goes on from what the inner graph has stored. */
const LATE = "y";

describe.each(["nested", "calling", "unstored", "unstored_around"])("a run of %s", (assistant_id) => {
  async function started() {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id, { assistant_id, stream_subgraphs: true });
    const another = (): Promise<CorePorts> => project.process(own, ports);
    return { ports, run, thread_id, reader: watchRun(ports, run), another };
  }
  type Started = Awaited<ReturnType<typeof started>>;

  const valuesIn = async ({ ports, thread_id }: Started): Promise<unknown> =>
    (await ports.engine.state({ thread_id, graph_id: assistant_id })).values;

  /** What stays of a run that nothing disturbs. */
  async function undisturbed(): Promise<unknown> {
    const whole = await started();
    await settle(whole.ports, whole.thread_id);
    return valuesIn(whole);
  }

  async function expectAsUndisturbed(one: Started): Promise<void> {
    await settle(one.ports, one.thread_id);
    expect(await statusOf(one.ports, one.run)).toBe("success");
    expect(await valuesIn(one)).toEqual(await undisturbed());
    await expectInvariants(one.ports, one.thread_id, [await one.reader.ended]);
  }

  /** How often each node began, where only one may begin twice. A graph that keeps nothing begins again as a whole. */
  const begun = (thread_id: string): string[] => project.nodes(thread_id).toSorted();
  const again = assistant_id.startsWith("unstored") ? ["x", LATE] : [LATE];

  test("fault 1: its worker is killed", async () => {
    const one = await started();
    one.ports.sent.length = 0;
    const worker = dying(await one.another(), noCall);
    project.onNode(one.thread_id, (node) => (node === LATE ? worker.kill() : undefined));
    void handleMessage(worker.ports, one.run, host);
    await worker.died;
    project.onNode(one.thread_id, () => undefined);
    one.ports.advance(LEASE + 1);

    await expectAsUndisturbed(one);

    expect(begun(one.thread_id)).toEqual(["a", "c", "x", LATE, ...again].toSorted());
  });

  test.runIf(process.env["TEST_PYTHON"])(
    "fault 1: the process that runs its graph is killed (there is one for Python)",
    async () => {
      const one = await started();
      let kills = 0;
      project.onNode(one.thread_id, async (node) => {
        if (node === LATE && kills++ === 0) await project.killChild?.();
      });

      await expectAsUndisturbed(one);

      expect(kills).toBe(2);
      expect(begun(one.thread_id)).toEqual(["a", "c", "x", LATE, ...again].toSorted());
    },
  );

  test("fault 7: it is delivered to three workers at once", async () => {
    const one = await started();
    one.ports.sent.length = 0;
    const workers = await Promise.all([one.another(), one.another(), one.another()]);

    const handled = await Promise.all(workers.map((worker) => handleMessage(worker, one.run, host)));

    expect(handled.toSorted()).toEqual(["finished", "held", "held"]);
    await expectAsUndisturbed(one);
    expect(begun(one.thread_id)).toEqual(["a", "c", "x", LATE]);
  });

  test("fault 9: its worker is frozen past its lease, and thawed", async () => {
    const one = await started();
    const zombie = freezing(await one.another(), nth("checkpoints.putWrites", 2), "before");
    const working = handleMessage(zombie.ports, one.run, host);
    await zombie.frozen;
    one.ports.advance(LEASE + 1);
    await expectAsUndisturbed(one);
    const before = await record(one.ports, one.thread_id);

    zombie.thaw();

    expect(await working).toBe("lost");
    expect(await record(one.ports, one.thread_id)).toEqual(before);
  });

  test("fault 25: it is handed over at each node", async () => {
    const one = await started();
    for (let ref = one.ports.sent.shift(); ref; ref = one.ports.sent.shift()) {
      const hurry = new AbortController();
      project.onNode(one.thread_id, () => hurry.abort());
      await handleMessage(one.ports, ref, { drain: hurry.signal });
    }

    await expectAsUndisturbed(one);

    expect(begun(one.thread_id)).toEqual(["a", "c", "x", LATE]);
  });
});
