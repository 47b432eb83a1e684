/** One caller's runs at once: as many as it may, whatever happens to them, over any number of processes. */
import { createRunPermits } from "../../functions/aws/concurrency/run-permits.ts";
import type { User } from "../../functions/core/auth/auth-port.ts";
import { Unclear } from "../../functions/core/failure/failure.ts";
import { createCron } from "../../functions/core/cron/create-cron.ts";
import { fireCron } from "../../functions/core/cron/fire-cron.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { createBatch } from "../../functions/core/run/create/create-batch.ts";
import { createRunLimit } from "../../functions/core/run/create/run-limit.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { LEASE, PERMIT_WITHOUT_RUN } from "../../functions/core/run/timings.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { MINUTE } from "../../functions/core/units.ts";
import { CronCreate } from "../../functions/protocol/cron.ts";
import { aThread, type CorePorts, corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { dying, nth } from "../support/processes.ts";
import { completes, handleAll, host } from "../support/run-steps.ts";

const MOST = 3;
const user = (identity: string): User => ({
  identity,
  display_name: identity,
  is_authenticated: true,
  permissions: [],
});
const ANN = user("ann");

let table: TestTable;
beforeAll(async () => void (table = await startTable()));
afterAll(() => table.stop());

const limited = (ports: CorePorts, most = MOST): CorePorts => {
  const permits = createRunPermits({ ...table, clock: ports.clock });
  return { ...ports, runLimit: createRunLimit({ permits, runs: ports.runs, clock: ports.clock }, most) };
};

let ports: CorePorts;
beforeEach(async () => {
  table = await table.another();
  ports = limited(corePorts(table, completes));
});

const asked = (by = ANN, fields: object = {}, thread_id: string | null = null) =>
  createRun(ports, { thread_id, body: runBody(fields), user: by });
async function made(...request: Parameters<typeof asked>): Promise<RunRef> {
  const result = await asked(...request);
  if (result.kind !== "created") throw new Error(`${result.kind}: ${result.detail}`);
  return result.run;
}
const several = (count: number, by = ANN): Promise<RunRef[]> =>
  Promise.all(Array.from({ length: count }, () => made(by)));
const REFUSED = { kind: "too_many_runs", detail: expect.stringMatching(/as many runs .* as you may \(3\)/) as string };

test("beyond its limit a caller is refused, and nothing is made; others are not", async () => {
  await several(MOST);
  const thread_id = await aThread(ports);

  expect(await asked(ANN, {}, thread_id)).toEqual(REFUSED);

  expect(await ports.runs.list(thread_id)).toEqual([]);
  expect((await ports.threads.get(thread_id))?.status).toBe("idle");
  expect(await several(MOST, user("bob"))).toHaveLength(MOST);
});

test("of many at once, by several processes, exactly so many are made", async () => {
  const processes = [ports, limited(corePorts(table, completes, ports)), limited(corePorts(table, completes, ports))];
  const requests = Array.from({ length: 20 }, (_, n) =>
    createRun(processes[n % processes.length] ?? ports, { thread_id: null, body: runBody(), user: ANN }),
  );

  const kinds = (await Promise.all(requests)).map(({ kind }) => kind);

  expect(kinds.filter((kind) => kind === "created")).toHaveLength(MOST);
  expect(kinds.filter((kind) => kind === "too_many_runs")).toHaveLength(20 - MOST);
});

describe("a permit is free again", () => {
  const ROOM_FOR_ONE = ["created", "too_many_runs"];
  const twice = async (): Promise<string[]> => [(await asked()).kind, (await asked()).kind];

  test("when its run has ended", async () => {
    await several(MOST);
    const [first] = ports.sent.splice(0, 1);

    if (first) await handleMessage(ports, first, host);

    expect(await twice()).toEqual(ROOM_FOR_ONE);
  });

  test("when its run, which waits, is cancelled", async () => {
    const thread_id = await aThread(ports);
    await made(ANN, {}, thread_id);
    const waiting = await made(ANN, {}, thread_id);
    await several(1);

    await cancelRun(ports, waiting, "interrupt");

    expect(await twice()).toEqual(ROOM_FOR_ONE);
  });

  test("when its thread is deleted, a while later", async () => {
    const thread_id = await aThread(ports);
    await made(ANN, { after_seconds: 60 }, thread_id);
    await several(MOST - 1);

    await deleteThread(ports, thread_id);
    ports.advance(PERMIT_WITHOUT_RUN + 1);

    expect(await twice()).toEqual(ROOM_FOR_ONE);
  });

  test("when its worker has died and another has ended the run", async () => {
    const run = await made();
    await several(MOST - 1);
    const worker = dying(limited(corePorts(table, completes, ports)), nth("runs.finish", 1));
    void handleMessage(worker.ports, run, host);
    await worker.died;
    expect(await asked()).toEqual(REFUSED);

    ports.advance(LEASE + 1);
    await handleMessage(ports, run, host);

    expect(await twice()).toEqual(ROOM_FOR_ONE);
  });

  test("when its run was never made: at once if it was refused, after a while if the table did not answer", async () => {
    await several(MOST - 1);
    const refused = await createRun(ports, { thread_id: crypto.randomUUID(), body: runBody(), user: ANN });
    expect(refused.kind).toBe("thread_not_found");
    const broken = { ...ports, runs: { ...ports.runs, create: () => Promise.reject(new TypeError("cut off")) } };
    await expect(createRun(broken, { thread_id: null, body: runBody(), user: ANN })).rejects.toThrow("cut off");
    expect(await asked()).toEqual(REFUSED);

    ports.advance(PERMIT_WITHOUT_RUN + 1);

    expect(await twice()).toEqual(ROOM_FOR_ONE);
  });
});

test("runs that are delayed and those that wait count", async () => {
  const thread_id = await aThread(ports);
  await made(ANN, { after_seconds: 3_600 });
  await made(ANN, {}, thread_id);
  await made(ANN, {}, thread_id);

  expect(await asked()).toEqual(REFUSED);
});

test("a repeated request with its key has its run, at the limit, too", async () => {
  const request = { thread_id: null, body: runBody(), user: ANN, key: "once" };
  const first = await createRun(ports, request);
  await several(MOST - 1);

  expect(await createRun(ports, request)).toMatchObject({ kind: "created", run: { run_id: runIdOf(first) } });
});
const runIdOf = (result: Awaited<ReturnType<typeof createRun>>): string =>
  result.kind === "created" ? result.run.run_id : result.kind;

test("a batch that is larger than the limit, or for which there is no room, makes nothing", async () => {
  const batch = (count: number) =>
    createBatch(
      ports,
      Array.from({ length: count }, () => runBody()),
      { user: ANN },
    );
  const larger = await batch(MOST + 1);
  expect(larger).toEqual({ kind: "invalid", detail: "4 runs are more than you may have at once (3)." });
  await several(MOST);

  expect(await batch(2)).toEqual(REFUSED);
  expect(ports.sent).toHaveLength(MOST);
});

test("a put whose answer was lost has taken one permit", async () => {
  let sent = 0;
  const client = {
    send: async (command: never) => {
      const answer: unknown = await table.client.send(command);
      if (sent++ === 1) throw new Unclear("the answer was lost");
      return answer;
    },
  };
  const permits = createRunPermits({ ...table, client: client as typeof table.client, clock: ports.clock });
  const limit = createRunLimit({ permits, runs: ports.runs, clock: ports.clock }, MOST);
  const run = { thread_id: crypto.randomUUID(), run_id: crypto.randomUUID() };

  await expect(limit.take("all", run)).rejects.toBeInstanceOf(Unclear);

  expect(await permits.of("all")).toMatchObject([{ run }]);
});

test("keys with names are counted by name, those without as one", async () => {
  const by = (key_name?: string) => createRun(ports, { thread_id: null, body: runBody(), key_name });
  for (const name of ["web", undefined]) {
    for (let n = 0; n < MOST; n++) expect((await by(name)).kind).toBe("created");
    expect(await by(name)).toEqual(REFUSED);
  }
  expect((await by("jobs")).kind).toBe("created");
  await handleAll(ports);
  expect((await by("web")).kind).toBe("created");
});

test("a cron's run is that of the key which made the cron: without room it has none this time", async () => {
  const body = CronCreate.parse({ assistant_id: "scripted", schedule: "* * * * *", metadata: { key_name: "web" } });
  const cron = await createCron(ports, null, body);
  const cron_id = cron.kind === "created" ? cron.cron.cron_id : cron.kind;
  for (let n = 0; n < MOST; n++) await createRun(ports, { thread_id: null, body: runBody(), key_name: "web" });
  ports.step(MINUTE);

  expect(await fireCron(ports, cron_id)).toBe("skipped");
  await handleAll(ports);
  ports.step(MINUTE);

  expect(await fireCron(ports, cron_id)).toBe("fired");
});
