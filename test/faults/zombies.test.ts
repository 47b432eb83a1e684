/** Workers that lose their lease and do not know: whatever they still do, nothing of it shows. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import type { RunOutcome } from "../../functions/core/run/execute/engine-port.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { HEARTBEAT, LEASE } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import {
  type At,
  callNumber,
  counting,
  freezing,
  interpose,
  nth,
  pass,
  PASS_STEP,
  type When,
} from "../support/processes.ts";
import { expectInvariants, record } from "../support/recorded.ts";
import { completed, created, hello, host, statusOf } from "../support/run-steps.ts";
import { startEndpoint } from "../support/webhook-endpoint.ts";
import { aRun, eachOf, openSteps, settle, type StepsProject, upTo } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

/** A worker freezes there for longer than its lease; another one ends the run meanwhile; then it thaws. */
async function thawed(at: At, when: When, fields: object = {}) {
  const own = await table.another();
  const ports = await project.process(own);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id, fields);
  const zombie = freezing(await project.process(own, ports), at, when);
  const working = handleMessage(zombie.ports, run, host);
  await Promise.race([zombie.frozen, working]);
  ports.advance(LEASE + 1);
  await settle(ports, thread_id);
  const before = await record(ports, thread_id);

  zombie.thaw();
  const how = await working;

  return { ports, run, thread_id, how, before, after: await record(ports, thread_id) };
}

test("fault 7: delivered to five workers at the same instant: one runs it, the others leave without a trace", async () => {
  const ports = await project.process(table);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id);
  const workers = await Promise.all([1, 2, 3, 4, 5].map(() => project.process(table, ports)));

  const results = await Promise.all(workers.map((worker) => handleMessage(worker, run, host)));

  expect(results.toSorted()).toEqual(["finished", "held", "held", "held", "held"]);
  expect(project.nodes(thread_id)).toEqual(["a", "b", "c"]);
  await expectInvariants(ports, thread_id);
});

test("fault 8: delivered again while its owner lives, however late: the heartbeat holds it", async () => {
  const held: unknown[] = [];
  const ports = corePorts(table, async () => {
    for (let beats = 0; beats < 12; beats++) {
      const before = (await ports.runs.get(run))?.lease_until ?? 0;
      ports.advance(HEARTBEAT);
      await expect.poll(async () => (await ports.runs.get(run))?.lease_until).toBeGreaterThan(before);
      held.push(await handleMessage(ports, run, host));
    }
    return completed;
  });
  const run = await created(ports, await aThread(ports));

  expect(await handleMessage(ports, run, host)).toBe("finished");

  expect(held).toEqual(Array(12).fill("held"));
  expect((await ports.runs.get(run))?.attempt).toBe(1);
  await expectInvariants(ports, run.thread_id);
});

describe("fault 9: frozen past its lease and thawed", () => {
  test("at an append: fenced, it stops at once and writes nothing more", async () => {
    const { how, before, after, ports, thread_id } = await thawed(nth("log.append", 2), "before");

    expect(how).toBe("lost");
    expect(after).toEqual(before);
    await expectInvariants(ports, thread_id);
  });

  /** More than a run of three nodes needs. */
  const CALLS = 17;

  test.each(["before", "after"] as const)(
    "at any call, %s it is carried out: nothing becomes visible",
    async (when) => {
      const zombies = await eachOf(upTo(CALLS), (n) => thawed(callNumber(n), when));

      for (const { before, after, ports, thread_id } of zombies) {
        expect(after).toEqual(before);
        await expectInvariants(ports, thread_id);
      }
      expect(zombies.filter(({ how }) => how === "lost").length).toBeGreaterThan(10);
    },
  );
});

describe("fault 10: what a zombie wrote", () => {
  test.each(["checkpoints.putHead", "checkpoints.putWrites", "runs.finish"])(
    "%s: no checkpoint, status or webhook of it is seen",
    async (name) => {
      const endpoint = await startEndpoint();
      const { how, before, after, ports, run, thread_id } = await thawed(nth(name), "before", {
        webhook: endpoint.url,
      });

      expect(how).toBe("lost");
      expect(after).toEqual(before);
      expect(endpoint.bodies).toMatchObject([
        { run_id: run.run_id, status: "success", values: { trail: ["a", "b", "c"] } },
      ]);
      await expectInvariants(ports, thread_id);
      endpoint.stop();
    },
  );
});

describe("fault 10: a zombie that knows nothing of the next owner, who is at work", () => {
  /** The first worker freezes there; the next one has claimed the run and is in its graph when the first one thaws. */
  async function twoOwners(name: string, first: RunOutcome) {
    const own = await table.another();
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const beating = Promise.withResolvers<void>();
    const ports = corePorts(own, async ({ attempt }) => {
      if (attempt === 1) {
        if (name === "runs.extend") await beating.promise;
        return first;
      }
      begun.resolve();
      await end.promise;
      return completed;
    });
    const run = await created(ports, await aThread(ports));
    const zombie = freezing(
      corePorts(own, (...args) => ports.engine.run(...args), ports),
      nth(name),
      "before",
    );
    const old = handleMessage(zombie.ports, run, host);
    await expect.poll(async () => (await ports.runs.get(run))?.status).toBe("running");
    ports.advance(HEARTBEAT);
    await zombie.frozen;
    ports.advance(LEASE + 1);
    const next = handleMessage(ports, run, host);
    await begun.promise;
    const before = await ports.runs.get(run);

    zombie.thaw();
    beating.resolve();
    const how = await old;

    const after = await ports.runs.get(run);
    const again = await handleMessage(ports, run, host);
    end.resolve();
    return { ports, run, how, before, after, again, next: await next };
  }

  test.each<[string, RunOutcome]>([
    ["runs.release", { kind: "drained" }],
    ["runs.extend", completed],
    ["runs.finish", completed],
  ])("%s: neither lease nor status nor owner changes", async (name, first) => {
    const { ports, run, how, before, after, again, next } = await twoOwners(name, first);

    expect([how, again, next]).toEqual(["lost", "held", "finished"]);
    expect(after).toEqual(before);
    expect(await ports.runs.get(run)).toMatchObject({ status: "success", attempt: 2 });
    await expectInvariants(ports, run.thread_id);
  });
});

/** A run that lasts until it is told to end, and a worker at it. */
async function longRun(wrap: (ports: CorePorts) => CorePorts) {
  const own = await table.another();
  const started = Promise.withResolvers<AbortSignal>();
  const end = Promise.withResolvers<void>();
  const lines: string[] = [];
  const script: Script = async (invocation, context) => {
    if (invocation.attempt > 1) return hello(invocation, context);
    started.resolve(context.signal);
    await end.promise;
    return hello(invocation, context);
  };
  const { ports, quiet } = counting(corePorts(own, script));
  const run = await created(ports, await aThread(ports));
  ports.sent.length = 0;
  const logger = { ...ports.logger, warn: (message: string) => void lines.push(message) };
  const working = handleMessage({ ...wrap(ports), logger }, run, host);
  return { ports, quiet, run, working, lines, signal: await started.promise, end: end.resolve };
}

test("fault 11: a heartbeat's answer is lost: its owner goes on, no attempt is counted", async () => {
  let beats = 0;
  const { ports, run, working, end } = await longRun((clean) =>
    interpose(clean, async ({ name }, carryOut) => {
      const answer = await carryOut();
      if (name === "runs.extend" && ++beats % 2 === 1) throw new Unclear("the answer was lost");
      return answer;
    }),
  );

  for (let n = 1; n <= 10; n++) {
    ports.advance(HEARTBEAT);
    await expect.poll(() => beats).toBeGreaterThanOrEqual(n);
  }
  end();

  expect(await working).toBe("finished");
  expect(await ports.runs.get(run)).toMatchObject({ status: "success", attempt: 1 });
  await expectInvariants(ports, run.thread_id);
});

describe("fault 12: no heartbeat gets through", () => {
  const failures = {
    "all fail": () => Promise.reject(new Unclear("no connection")),
    "none is answered": () => new Promise<never>(() => undefined),
  };

  test.each(Object.entries(failures))(
    "(%s): its owner stops itself by the time its lease ends",
    async (_name, fails) => {
      const { ports, quiet, run, working, signal } = await longRun((clean) =>
        interpose(clean, ({ name }, carryOut) => (name === "runs.extend" ? fails() : carryOut())),
      );

      let passed = 0;
      for (; !signal.aborted && passed < 2 * LEASE; passed += PASS_STEP) await pass(ports, quiet, PASS_STEP);

      expect(signal.aborted).toBe(true);
      expect(passed).toBeLessThanOrEqual(LEASE + PASS_STEP);
      ports.advance(1_000);
      expect(await working).toBe("lost");
      await sweep(ports);
      await settle(ports, run.thread_id);
      expect(await statusOf(ports, run)).toBe("success");
      await expectInvariants(ports, run.thread_id);
    },
  );
});

describe("fault 13: a node blocks the event loop for longer than the lease", () => {
  test("and nobody has taken the run: it goes on, and the log line says what happened", async () => {
    const { ports, run, working, lines, end } = await longRun((clean) => clean);

    ports.advance(30_000);
    await expect.poll(async () => (await ports.runs.get(run))?.lease_until).toBeGreaterThan(ports.clock.now());
    end();

    expect(await working).toBe("finished");
    expect(lines).toContain("heartbeat was late: the event loop was blocked");
    expect(await ports.runs.get(run)).toMatchObject({ status: "success", attempt: 1 });
  });

  test("and another has taken it: fenced, and told", async () => {
    let blocked = Promise.resolve();
    const { ports, run, working, lines } = await longRun((clean) =>
      interpose(clean, async ({ name }, carryOut) => {
        if (name === "runs.extend") await blocked;
        return carryOut();
      }),
    );
    const end = Promise.withResolvers<void>();
    blocked = end.promise;

    ports.advance(30_000);
    await handleMessage(ports, run, host);
    end.resolve();

    expect(await working).toBe("lost");
    expect(lines).toContain("claim lost");
    await expectInvariants(ports, run.thread_id);
  });
});
