/**
 * Cancel, rollback and delete at any moment of a run's life: one end, agreed by row, log, thread and checkpoints, and the next run starts.
 */
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { findRun } from "../../functions/core/run/read-runs.ts";
import { LEASE } from "../../functions/core/run/timings.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { aThread, type CorePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type At, callNumber, freezing, interpose } from "../support/processes.ts";
import { expectInvariants, record, watchRun } from "../support/recorded.ts";
import { host, statusOf } from "../support/run-steps.ts";
import { aRun, deliverAll, eachOf, openSteps, settle, type StepsProject, upTo } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

/** More than a run of one node needs, or of two; the last ones come after its end. */
const everyCall = upTo(15);
const short = { assistant_id: "short" };

/** A thread that one run has given a state, with a second run and a reader of it. */
async function secondRun() {
  const own = await table.another();
  const ports = await project.process(own);
  const thread_id = await aThread(ports);
  await aRun(ports, thread_id, short);
  await deliverAll(ports);
  const run = await aRun(ports, thread_id, short);
  return { own, ports, thread_id, run, reader: watchRun(ports, run) };
}

const trailOf = async (ports: CorePorts, thread_id: string): Promise<unknown> =>
  (await ports.engine.state({ thread_id, graph_id: "asking" })).values;
const ONCE = { trail: ["a"] };
const TWICE = { trail: [...ONCE.trail, ...ONCE.trail] };

/** The worker's calls, with something else happening before the one that is meant. */
const meanwhile = (ports: CorePorts, at: At, happens: () => Promise<void>): CorePorts =>
  interpose(ports, async (call, carryOut) => {
    if (at(call)) await happens();
    return carryOut();
  });

/** Two cancels at once before the n-th call; after the worker's end if it makes fewer. */
async function canceledAt(n: number, intent: "interrupt" | "rollback") {
  const { ports, thread_id, run, reader } = await secondRun();
  const next = await aRun(ports, thread_id, short);
  const answers: string[] = [];
  const cancel = async () => {
    answers.push(...(await Promise.all([1, 2].map(() => cancelRun(ports, run, intent)))));
  };
  await handleMessage(meanwhile(ports, callNumber(n), cancel), run, host);
  if (!answers.length) await cancel();
  await settle(ports, thread_id);

  const again = await cancelRun(ports, run, intent);
  const { runs } = await expectInvariants(ports, thread_id, [await reader.ended], [run.run_id, next.run_id]);
  const state = await trailOf(ports, thread_id);
  const ours = runs.find(({ run_id }) => run_id === run.run_id);
  return {
    n,
    answers,
    again,
    status: ours?.status,
    next: await statusOf(ports, next),
    state,
    found: await findRun(ports, run),
  };
}

describe("fault 33: canceled before any call of its worker, twice at once, and after", () => {
  test("interrupt: one end, no failure, and the next run starts from what was kept", async () => {
    const outcomes = await eachOf(everyCall, (n) => canceledAt(n, "interrupt"));

    for (const { n, answers, again, status, next } of outcomes) {
      expect(answers.includes("requested"), `call ${n}: ${answers.join()} but ${status}`).toBe(
        status === "interrupted",
      );
      expect([status, next, again]).toEqual([
        answers.includes("requested") ? "interrupted" : "success",
        "success",
        "finished",
      ]);
    }
    expect(outcomes[0]?.status).toBe("interrupted");
    expect(outcomes.at(-1)?.status).toBe("success");
  });

  test("while it waits in the queue, and while it is handed over", async () => {
    const { ports, thread_id, run } = await secondRun();
    const waiting = await aRun(ports, thread_id, short);
    const drained = new AbortController();
    drained.abort();

    expect(await cancelRun(ports, waiting, "interrupt")).toBe("requested");
    expect(await handleMessage(ports, run, { drain: drained.signal })).toBe("handed_over");
    expect(await cancelRun(ports, run, "interrupt")).toBe("requested");
    expect(await handleMessage(ports, run, host)).toBe("held");

    expect([await statusOf(ports, waiting), await statusOf(ports, run)]).toEqual(["interrupted", "interrupted"]);
    await expectInvariants(ports, thread_id);
  });
});

test("fault 34: rolled back before any call of its worker: kept as finished, or gone with its checkpoints", async () => {
  const outcomes = await eachOf(everyCall, (n) => canceledAt(n, "rollback"));

  for (const { n, status, next, state, found } of outcomes) {
    const kept = status === "success";
    expect(status === "rolled_back" || kept, `call ${n}: ${status}`).toBe(true);
    expect(next).toBe("success");
    expect(state, `call ${n}`).toEqual({ trail: [...(kept ? TWICE : ONCE).trail, ...ONCE.trail] });
    expect(found !== undefined).toBe(kept);
  }
  expect(outcomes[0]?.status).toBe("rolled_back");
  expect(outcomes.at(-1)?.status).toBe("success");
});

test("fault 35: rolled back while its worker is frozen at any call: nothing that it writes later is seen", async () => {
  const zombies = await eachOf(everyCall, async (n) => {
    const { own, ports, thread_id, run, reader } = await secondRun();
    const zombie = freezing(await project.process(own, ports), callNumber(n), "before");
    const working = handleMessage(zombie.ports, run, host);
    await Promise.race([zombie.frozen, working]);
    const answer = await cancelRun(ports, run, "rollback");
    ports.advance(LEASE + 1);
    await settle(ports, thread_id);
    const before = await record(ports, thread_id);
    const state = await trailOf(ports, thread_id);

    zombie.thaw();
    await working;

    await expectInvariants(ports, thread_id, [await reader.ended]);
    const after = await record(ports, thread_id);
    return { n, answer, before, after, states: [state, await trailOf(ports, thread_id)] };
  });

  for (const { n, answer, before, after, states } of zombies) {
    expect(after, `call ${n}`).toEqual(before);
    const state = answer === "requested" ? ONCE : TWICE;
    expect(states, `call ${n}`).toEqual([state, state]);
  }
});

test.each(["rollback", "interrupt"] as const)(
  "fault 35: an answer stopped by %s while its worker is frozen at any call: another answer is taken, not that one",
  async (intent) => {
    const answers = await eachOf(everyCall, async (n) => {
      const own = await table.another();
      const ports = await project.process(own);
      const thread_id = await aThread(ports);
      await aRun(ports, thread_id, { assistant_id: "asking" });
      await deliverAll(ports);
      const run = await aRun(ports, thread_id, { assistant_id: "asking", command: { resume: "first" } });
      const zombie = freezing(await project.process(own, ports), callNumber(n), "before");
      const working = handleMessage(zombie.ports, run, host);
      await Promise.race([zombie.frozen, working]);
      const answer = await cancelRun(ports, run, intent);
      ports.advance(LEASE + 1);
      await settle(ports, thread_id);
      const waiting = (await ports.engine.state({ thread_id, graph_id: "asking" })).next;

      zombie.thaw();
      await working;
      const again = (await ports.engine.state({ thread_id, graph_id: "asking" })).next;
      await aRun(ports, thread_id, { assistant_id: "asking", command: { resume: "second" } });
      await settle(ports, thread_id);

      await expectInvariants(ports, thread_id);
      return { n, answer, waiting, again, state: await trailOf(ports, thread_id) };
    });

    for (const { n, answer, waiting, again, state } of answers) {
      // One that had its checkpoint stays answered where a cancel keeps checkpoints.
      const undone = answer === "requested" && (intent === "rollback" || waiting[0] === "ask");
      expect(undone ? waiting : ["ask"], `call ${n}`).toEqual(["ask"]);
      expect(again, `call ${n}`).toEqual(answer === "requested" ? waiting : []);
      expect(state, `call ${n}`).toEqual({ trail: ["a", undone ? "second" : "first", "b"] });
    }
  },
);

describe("fault 39: its thread is deleted", () => {
  test("before any call of its worker: the run is ended, readers end, no row of it is left, the id can be used again", async () => {
    await eachOf(everyCall, async (n) => {
      const { ports, thread_id, run, reader } = await secondRun();
      let deleting: Promise<unknown> | undefined;
      const remove = () => {
        deleting = deleteThread(ports, thread_id);
        // It asks for the run's end, and waits for it.
        const isAsked = async (): Promise<boolean> => {
          const { run: row, thread } = await ports.runs.load(run);
          return thread?.deleted === true || row?.cancel === "delete" || row?.status === "success";
        };
        return expect.poll(isAsked).toBe(true);
      };
      await handleMessage(meanwhile(ports, callNumber(n), remove), run, host);
      if (!deleting) await remove();

      expect(await deleting).toBe("deleted");
      expect((await reader.ended).end?.kind, `call ${n}`).toMatch(/gone|ended/);
      expect(await ports.runs.list(thread_id)).toEqual([]);
      expect(await ports.checkpoints.head(thread_id, "")).toBeUndefined();
      const again = await aRun(ports, thread_id, { ...short, if_not_exists: "create" });
      await settle(ports, thread_id);
      expect(await statusOf(ports, again)).toBe("success");
      expect(await trailOf(ports, thread_id)).toEqual(ONCE);
      await expectInvariants(ports, thread_id);
    });
  });

  test("while its worker is frozen: ended once the lease is over, and what the worker writes later is not seen", async () => {
    const { own, ports, thread_id, run, reader } = await secondRun();
    const zombie = freezing(await project.process(own, ports), (call) => call.name === "checkpoints.putHead", "before");
    const working = handleMessage(zombie.ports, run, host);
    await zombie.frozen;

    const deleting = deleteThread(ports, thread_id);
    await expect.poll(async () => (await ports.runs.get(run))?.cancel).toBe("delete");
    ports.advance(LEASE + 1);
    expect(await deleting).toBe("deleted");
    zombie.thaw();
    await working;

    expect((await reader.ended).end).toEqual({ kind: "gone" });
    const again = await aRun(ports, thread_id, { ...short, if_not_exists: "create" });
    await settle(ports, thread_id);
    expect(await trailOf(ports, thread_id)).toEqual(ONCE);
    expect(await statusOf(ports, again)).toBe("success");
    await expectInvariants(ports, thread_id);
  });
});
