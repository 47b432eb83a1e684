/** An Idempotency-Key lives as long as the thread of its run, at most a day: before that the same run, afterwards a new one. */
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRow } from "../../functions/core/run/run-row.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { aThread, type CorePorts, corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { hello, host, statusOf } from "../support/run-steps.ts";

let table: TestTable;
let ports: CorePorts;
beforeAll(async () => {
  table = await startTable();
  ports = corePorts(table, hello);
});
afterAll(() => table.stop());

const keyed = (thread_id: string | null, fields: object = {}) => ({
  thread_id,
  body: runBody({ if_not_exists: "create", ...fields }),
  key: `key ${crypto.randomUUID()}`,
});

async function made(request: Parameters<typeof createRun>[1], on: CorePorts = ports): Promise<RunRow> {
  const result = await createRun(on, request);
  if (result.kind !== "created") throw new Error(`${result.kind}: ${result.detail}`);
  return result.run;
}

async function finished(request: Parameters<typeof createRun>[1]): Promise<RunRow> {
  const run = await made(request);
  await handleMessage(ports, run, host);
  return run;
}

describe("R15: a key whose thread was deleted", () => {
  it("makes a new run on a new thread, and then that one again", async () => {
    const request = keyed(crypto.randomUUID());
    const first = await finished(request);
    await deleteThread(ports, first.thread_id);

    const second = await finished(request);
    const again = await made(request);

    expect(second.run_id).not.toBe(first.run_id);
    expect(await statusOf(ports, second)).toBe("success");
    expect(again.run_id).toBe(second.run_id);
    expect(await ports.runs.list(first.thread_id)).toHaveLength(1);
  });

  it("as often as that happens", async () => {
    const request = keyed(crypto.randomUUID());
    const ids = new Set<string>();
    for (let n = 0; n < 3; n++) {
      const run = await finished(request);
      ids.add(run.run_id);
      await deleteThread(ports, run.thread_id);
    }

    expect(ids.size).toBe(3);
  });

  it("is dead before the thread's rows are cleared", async () => {
    const request = keyed(crypto.randomUUID());
    const first = await finished(request);
    let during: RunRow | undefined;
    const purge: CorePorts["runs"]["purge"] = async (...args) => {
      during = await made(request);
      await ports.runs.purge(...args);
    };

    await deleteThread({ ...ports, runs: { ...ports.runs, purge } }, first.thread_id);

    expect(during?.run_id).not.toBe(first.run_id);
    expect((await ports.runs.list(first.thread_id)).map(({ run_id }) => run_id)).toEqual([during?.run_id]);
  });

  it("and made again without the run: the old key does not answer", async () => {
    const request = keyed(crypto.randomUUID());
    const first = await finished(request);
    await deleteThread(ports, first.thread_id);
    const other = await finished({ ...request, key: `${request.key} of another run` });

    const second = await made(request);

    expect(new Set([first.run_id, other.run_id, second.run_id]).size).toBe(3);
  });

  it("serves one of several requests at once; another request may use it, too", async () => {
    const request = keyed(crypto.randomUUID());
    await deleteThread(ports, (await finished(request)).thread_id);

    const runs = await Promise.all([1, 2, 3, 4].map(() => made(request)));
    await handleMessage(ports, runs[0] ?? { thread_id: "", run_id: "" }, host);
    await deleteThread(ports, runs[0]?.thread_id ?? "");
    const other = await made({ ...request, body: runBody({ if_not_exists: "create", input: { other: true } }) });

    expect(new Set(runs.map(({ run_id }) => run_id)).size).toBe(1);
    expect(other.run_id).not.toBe(runs[0]?.run_id);
  });

  it("is refused like any request if the thread is not to be made", async () => {
    const request = keyed(await aThread(ports), { if_not_exists: "reject" });
    await deleteThread(ports, (await finished(request)).thread_id);

    expect((await createRun(ports, request)).kind).toBe("thread_not_found");
  });
});

describe("a key whose thread is there", () => {
  it("of a stateless run that has ended is that run", async () => {
    const request = keyed(null);
    const run = await finished(request);

    expect(await ports.threads.get(run.thread_id)).toMatchObject({ deleted: true, temporary: true });
    expect((await made(request)).run_id).toBe(run.run_id);
  });

  it("of a run that was rolled back is that run: it must not begin anew by a repeated request", async () => {
    const request = keyed(await aThread(ports));
    const run = await made(request);
    await cancelRun(ports, run, "rollback");

    expect(await statusOf(ports, run)).toBe("rolled_back");
    expect((await made(request)).run_id).toBe(run.run_id);
  });
});
