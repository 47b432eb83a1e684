/** Invocations that end before their run does: by plan, by the host's limit, by a deployment. */
import type { TailEvent } from "../../functions/core/log/log-reader.ts";
import { updateState } from "../../functions/core/checkpoint/update-state.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { WORKER_TIMEOUT_S } from "../../functions/core/run/execute/timings.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { HEARTBEAT, LEASE } from "../../functions/core/run/timings.ts";
import { aThread, type CorePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { dying, noCall, nth } from "../support/processes.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { host, readAll, statusOf } from "../support/run-steps.ts";
import { aRun, deliverAll, NODES, openSteps, settle, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

/** An invocation whose time is over as soon as a node has begun. */
async function handedOver(ports: CorePorts, thread_id: string) {
  const hurry = new AbortController();
  project.onNode(thread_id, () => hurry.abort());
  const message = ports.sent.shift();
  return message && handleMessage(ports, message, { drain: hurry.signal });
}

/** A node whose inner graph was handed over begins again, and its events say so; the run itself begins once. */
const countsAsTold = ({ event, data }: TailEvent, run_id: string): boolean =>
  event !== "metadata" && (event !== "events" || (JSON.parse(data) as { run_id: string }).run_id === run_id);

/** An event without what is different in each run: ids and times. */
const shape = ({ event, data }: TailEvent): string =>
  `${event} ${data}`.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, "…");

async function aSystem(): Promise<[ports: CorePorts, thread_id: string]> {
  const ports = await project.process(await table.another());
  return [ports, await aThread(ports)];
}

/** What a run has told in all, and in how many invocations. */
async function toldOn(ports: CorePorts, thread_id: string, isHurried: boolean, fields: object) {
  const run = await aRun(ports, thread_id, { stream_subgraphs: true, ...fields });
  let invocations = 0;
  for (; ports.sent.length; invocations++)
    if (isHurried) await handedOver(ports, thread_id);
    else await handleMessage(ports, ports.sent.shift() ?? run, host);
  project.onNode(thread_id, () => undefined);
  const { events } = await readAll(ports, run);
  await expectInvariants(ports, thread_id);
  return {
    invocations,
    events: events.filter((event) => countsAsTold(event, run.run_id)).map((event) => shape(event)),
  };
}

/** What becomes of a run with a recursion limit of 6, its messages delivered that way. */
async function endOf(
  assistant_id: string,
  deliver: (ports: CorePorts, ref: RunRef, thread_id: string) => Promise<unknown>,
) {
  const own = await table.another();
  const ports = await project.process(own);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id, { assistant_id, config: { recursion_limit: 6 } });
  for (let n = 0; n < 20 && (await statusOf(ports, run)) !== "error"; n++) {
    if (!ports.sent.includes(run)) ports.sent.unshift(run);
    await deliver(ports, run, thread_id);
  }
  project.onNode(thread_id, () => undefined);
  const { events } = await readAll(ports, run);
  await expectInvariants(ports, thread_id);
  const { values } = await ports.engine.state({ thread_id, graph_id: assistant_id });
  return { values, ran: project.nodes(thread_id), error: JSON.parse(events.at(-1)?.data ?? "null") as unknown };
}

describe("fault 25: an invocation reaches its time limit", () => {
  test("at every superstep: one stream, one attempt, no node twice, no event lost", async () => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    const reader = watchRun(ports, run);
    const invocations: unknown[] = [];
    while (ports.sent.length) invocations.push(await handedOver(ports, thread_id));

    const seen = await reader.ended;
    expect(invocations).toEqual(["handed_over", "handed_over", "finished"]);
    expect(seen.seen.filter(({ event }) => event === "metadata")).toHaveLength(1);
    expect(seen.seen.filter(({ event }) => event === "updates").map(({ data }) => data)).toEqual(
      NODES.map((node) => JSON.stringify({ [node]: { trail: [node] } })),
    );
    expect(project.nodes(thread_id)).toEqual(NODES);
    expect((await ports.runs.get(run))?.attempt).toBe(1);
    await expectInvariants(ports, thread_id, [seen]);
  });

  test.each([
    ["nested", ["updates", "values", "tasks", "checkpoints", "debug"]],
    ["nested", ["events", "updates", "values"]],
    ["calling", ["updates", "values", "tasks", "checkpoints"]],
    ["kept", ["updates", "values", "tasks", "checkpoints"]],
  ])("R18: %s: whatever %s have told is told once, as in one invocation", async (assistant_id, stream_mode) => {
    const told = async (isHurried: boolean) => {
      const [ports, thread_id] = await aSystem();
      return toldOn(ports, thread_id, isHurried, { assistant_id, stream_mode });
    };

    const [whole, parts] = [await told(false), await told(true)];

    expect(whole.invocations).toBe(1);
    expect(parts.invocations).toBeGreaterThan(2);
    expect(parts.events.toSorted()).toEqual(whole.events.toSorted());
  });

  test("R18: of a run from a checkpoint that an update has made, too: no node of its first superstep runs twice", async () => {
    const told = async (isHurried: boolean) => {
      const [ports, thread_id] = await aSystem();
      await toldOn(ports, thread_id, false, { assistant_id: "nested" });
      const updated = await updateState(ports, thread_id, {
        values: { trail: ["u"] },
        as_node: "__start__",
        checkpoint: undefined,
        checkpoint_id: undefined,
      });
      if (updated.kind !== "updated") throw new Error(updated.kind);
      const { checkpoint_id } = updated.checkpoint;
      const stream_mode = ["updates", "values", "tasks"];
      const asked = { assistant_id: "nested", input: null, checkpoint_id, stream_mode };
      const seen = await toldOn(ports, thread_id, isHurried, asked);
      return { ...seen, nodes: project.nodes(thread_id).toSorted() };
    };

    const [whole, parts] = [await told(false), await told(true)];

    expect(parts.invocations).toBeGreaterThan(2);
    expect(parts.events.toSorted()).toEqual(whole.events.toSorted());
    expect(parts.nodes).toEqual(["a", "a", "c", "c", "x", "x", "y", "y"]);
  });

  test.each(["unstored", "unstored_around"])(
    "R18: %s: a graph that keeps no checkpoints is one step: it is not stopped inside, so none of its nodes runs twice",
    async (assistant_id) => {
      const own = await table.another();
      const ports = await project.process(own);
      const thread_id = await aThread(ports);
      const run = await aRun(ports, thread_id, { assistant_id });

      while (ports.sent.length) await handedOver(ports, thread_id);

      expect(await statusOf(ports, run)).toBe("success");
      expect(project.nodes(thread_id)).toEqual(["a", "x", "y", "c"]);
      expect((await ports.runs.get(run))?.epoch).toBe(3);
      await expectInvariants(ports, thread_id);
    },
  );

  test.each(["endless", "endless_inside"])(
    "R14: %s: the recursion limit counts the steps of all invocations, with LangGraph's error",
    async (assistant_id) => {
      const whole = await endOf(assistant_id, (ports, ref) => handleMessage(ports, ref, host));
      const parts = await endOf(assistant_id, (ports, _ref, thread_id) => handedOver(ports, thread_id));

      expect(whole.error).toMatchObject({
        error: "GraphRecursionError",
        message: expect.stringContaining("limit of 6"),
      });
      expect(parts).toEqual(whole);
    },
  );

  test("R14: the recursion limit counts the steps of all attempts", async () => {
    const whole = await endOf("endless", (ports, ref) => handleMessage(ports, ref, host));
    const parts = await endOf("endless", async (ports, ref) => {
      const worker = dying(ports, nth("checkpoints.putHead", 4));
      await Promise.race([handleMessage(worker.ports, ref, host), worker.died]);
      ports.advance(LEASE + 1);
      if ((await statusOf(ports, ref)) !== "error") ports.sent.push(ref);
    });

    expect(parts.error).toEqual(whole.error);
    expect(parts.values).toEqual(whole.values);
  });

  test("the message of a hand-over is lost: a reader or the sweeper sends it again", async () => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    await handedOver(ports, thread_id);
    ports.sent.length = 0;

    await settle(ports, thread_id);

    expect(await ports.runs.get(run)).toMatchObject({ status: "success", attempt: 1 });
    await expectInvariants(ports, thread_id);
  });

  test.each([
    [
      "longer than it may",
      HEARTBEAT,
      "; it was cut off at the function's time limit of 5 s: split the node that takes longer",
    ],
    ["for ever, and its process dies early", WORKER_TIMEOUT_S * 1_000, ""],
  ])("in one node that takes %s: counted attempts, then an error that says so", async (_how, timeLeft, why) => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    let invocations = 0;
    ports.sent.length = 0;
    while ((await ports.runs.get(run))?.status !== "error" && invocations < 10) {
      invocations++;
      const hurry = new AbortController();
      const invocation = dying(ports, noCall);
      project.onNode(thread_id, () => {
        hurry.abort();
        invocation.kill();
        return new Promise(() => undefined);
      });
      await Promise.race([
        handleMessage(invocation.ports, run, { drain: hurry.signal, timeLeft: () => timeLeft }),
        invocation.died,
      ]);
      ports.advance(LEASE + 1);
    }

    const { events, end } = await readAll(ports, run);
    expect(invocations).toBe(5);
    expect(events.filter(({ event }) => event === "metadata")).toHaveLength(4);
    expect(JSON.parse(events.at(-1)?.data ?? "")).toEqual({
      error: "RunLost",
      message: `the run was started 3 times and made no progress${why}`,
    });
    expect(end).toEqual({ kind: "ended", status: "error" });
    await expectInvariants(ports, thread_id);
  });
});

async function goesOnWith(config: string) {
  const [own, next] = [await table.another(), await openSteps(config)];
  const ports = await project.process(own);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id);
  await handedOver(ports, thread_id);
  const deployed = await next.process(own, ports);
  await deliverAll(deployed);
  const { events } = await readAll(deployed, run);
  await expectInvariants(deployed, thread_id);
  const { values } = await deployed.engine.state({ thread_id, graph_id: "steps" });
  await next.close();
  return { events, values, status: await statusOf(ports, run) };
}

describe("fault 27: a deployment in the middle of a run", () => {
  test("the new code goes on where the old one stopped", async () => {
    const { values, status } = await goesOnWith("changed");

    expect(values).toEqual({ trail: ["a", "new b", "new c"] });
    expect(status).toBe("success");
  });

  test("which has no such node any more: an error that says so", async () => {
    const { events, status } = await goesOnWith("shortened");

    expect(status).toBe("error");
    expect(events.at(-1)).toMatchObject({ event: "error", data: expect.stringContaining('\\"b\\"') });
  });
});
