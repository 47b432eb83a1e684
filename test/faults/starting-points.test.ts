/** Where a run starts when its worker has died, and when the checkpoint that it was to start from has gone. */
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { aThread, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { dying, noCall } from "../support/processes.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { host, statusOf } from "../support/run-steps.ts";
import { aRun, NODES, openSteps, settle, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

/** A thread on which a run of three nodes has ended. */
async function aThreadThatRan() {
  const own = await table.another();
  const ports = await project.process(own);
  const worker = dying(await project.process(own, ports), noCall);
  const thread_id = await aThread(ports);
  await aRun(ports, thread_id);
  await settle(ports, thread_id);
  const state = async () => ports.engine.state({ thread_id, graph_id: "steps" });
  return { ports, worker, thread_id, state, head: (await state()).checkpoint_id ?? "" };
}

describe("R6: a run that is killed goes on from its own checkpoint", () => {
  test.each<[string, (checkpoint_id: string) => object]>([
    ["context.checkpoint_id", (checkpoint_id) => ({ context: { checkpoint_id } })],
    ["context.thread_ts", (thread_ts) => ({ context: { thread_ts } })],
    ["context.checkpoint_map", (id) => ({ context: { checkpoint_map: { "": id }, checkpoint_ns: "a:1" } })],
    ["context.thread_id", () => ({ context: { thread_id: crypto.randomUUID() } })],
    ["context.__pregel_resuming", () => ({ context: { __pregel_resuming: true } })],
    ["checkpoint_id", (checkpoint_id) => ({ checkpoint_id })],
    ["configurable.checkpoint_id", (checkpoint_id) => ({ config: { configurable: { checkpoint_id } } })],
    ["configurable.thread_ts", (thread_ts) => ({ config: { configurable: { thread_ts } } })],
    ["configurable.checkpoint_map", (id) => ({ config: { configurable: { checkpoint_map: { "": id } } } })],
  ])("whatever the caller named by %s", async (_name, fields) => {
    const { ports, worker, thread_id, state, head } = await aThreadThatRan();
    const run = await aRun(ports, thread_id, fields(head));
    project.onNode(thread_id, (node) => (node === "b" ? worker.kill() : undefined));
    void handleMessage(worker.ports, run, host);
    await worker.died;
    project.onNode(thread_id, () => undefined);

    await settle(ports, thread_id);

    expect(await statusOf(ports, run)).toBe("success");
    expect(project.nodes(thread_id)).toEqual([...NODES, "a", "b", "b", "c"]);
    expect((await state()).values).toEqual({ trail: [...NODES, ...NODES] });
    await expectInvariants(ports, thread_id);
  });
});

describe("R16: a run whose checkpoint was rolled back before it began", () => {
  test("ends with an error that names it; the thread keeps its head and goes on", async () => {
    const { ports, thread_id, state, head } = await aThreadThatRan();
    const before = await state();
    const first = await aRun(ports, thread_id);
    const held = Promise.withResolvers<void>();
    const atB = Promise.withResolvers<void>();
    project.onNode(thread_id, (node) => {
      if (node === "b") atB.resolve();
      return node === "b" ? held.promise : undefined;
    });
    const working = handleMessage(ports, first, host);
    await atB.promise;
    const checkpoint_id = (await state()).checkpoint_id ?? "";
    const fork = await aRun(ports, thread_id, { checkpoint_id });
    const reader = watchRun(ports, fork);

    await cancelRun(ports, first, "rollback");
    held.resolve();
    await working;
    await settle(ports, thread_id);

    const { seen, end } = await reader.ended;
    expect(checkpoint_id).not.toBe(head);
    expect(await statusOf(ports, first)).toBe("rolled_back");
    expect(end).toEqual({ kind: "ended", status: "error" });
    expect(JSON.parse(seen.at(-1)?.data ?? "")).toEqual({
      error: "CheckpointNotFound",
      message: `Checkpoint ${checkpoint_id} not found on the run's thread`,
    });
    expect(await state()).toEqual(before);
    expect((await ports.threads.get(thread_id))?.head?.checkpoint_id).toBe(head);
    project.onNode(thread_id, () => undefined);
    await aRun(ports, thread_id);
    await settle(ports, thread_id);
    expect((await state()).values).toEqual({ trail: [...NODES, ...NODES] });
    await expectInvariants(ports, thread_id);
  });

  test("is one that is refused from then on", async () => {
    const { ports, thread_id } = await aThreadThatRan();
    const other = await aThreadThatRan();

    const refused = await createRun(ports, {
      thread_id,
      body: runBody({ assistant_id: "steps", checkpoint_id: other.head }),
    });

    expect(refused).toMatchObject({ kind: "checkpoint_not_found" });
    expect(await ports.runs.list(thread_id)).toHaveLength(1);
  });
});
