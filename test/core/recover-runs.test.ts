/** Who may give a run up, and who may not, over the real storage. */
import { DUE_SHARDS } from "../../functions/aws/table/limits.ts";
import { Impossible } from "../../functions/core/failure/failure.ts";
import { openLog } from "../../functions/core/log/open-log.ts";
import { encodeEvents } from "../../functions/core/log/slot-payload.ts";
import { endRun } from "../../functions/core/run/end/end-run.ts";
import { runLost } from "../../functions/core/run/end/endings.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { redrive } from "../../functions/core/run/recover-runs.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { NO_PROGRESS_CLAIMS, LEASE, redriveAfter, RUN_START_TIMEOUT } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { aThread, type CorePorts, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const value = (text: string) => ({ type: "json", elements: [Buffer.from(text)] });

async function rowOf(ports: CorePorts, ref: RunRef) {
  const row = await ports.runs.get(ref);
  if (!row) throw new Error("the run has no row");
  return row;
}

/** Workers that die right after their claim. */
async function claimInVain(ports: CorePorts, ref: RunRef, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    expect((await claimRun(ports, ref, { purpose: "run" })).kind).toBe("claimed");
    ports.advance(LEASE + 1);
  }
}

const ending = (after: string) => runLost("nobody came", after);

describe("the end of a run that no worker holds", () => {
  it("ends only the row that it was decided by", async () => {
    const ports = corePorts(table, completes);
    const run = await created(ports, await aThread(ports));
    await claimInVain(ports, run, 1);
    const decidedBy = await rowOf(ports, run);
    await claimInVain(ports, run, 1);

    const ended = await endRun(ports, run, ending, decidedBy);

    expect(ended).toBe("held");
    expect((await rowOf(ports, run)).status).toBe("running");
    expect(await endRun(ports, run, ending, await rowOf(ports, run))).toBe("finished");
  });

  it("fences the worker that it takes for dead before its claims are closed, though the end itself fails", async () => {
    const ports = corePorts(table, completes);
    const run = await created(ports, await aThread(ports));
    const asleep = await claimRun(ports, run, { purpose: "run" });
    if (asleep.kind !== "claimed") throw new Error(asleep.kind);
    const position = await openLog(ports, asleep.claim, new AbortController().signal);
    if (position === "fenced") throw new Error(position);
    ports.advance(LEASE + 1);
    const finish = () => Promise.reject(new Impossible("not now"));

    const ended = endRun({ ...ports, runs: { ...ports.runs, finish } }, run, ending);

    await expect(ended).rejects.toThrow("not now");
    const late = {
      ...position,
      slot: position.next,
      nonce: "late",
      count: 0,
      payload: encodeEvents([]),
      more: false,
      parts: 0,
      written_at: 0,
    };
    expect(await ports.log.append(run.thread_id, late)).toBe("fenced");
  });

  it("leaves the newest checkpoint as what the thread shows", async () => {
    const ports = corePorts(table, completes);
    const run = await created(ports, await aThread(ports));
    await claimInVain(ports, run, 1);
    const { thread_id, run_id, log_start = 0, epoch } = await rowOf(ports, run);
    const head = { thread_id, ns: "", checkpoint_id: "newest", claim: { log_start, epoch }, metadata: { run_id } };
    await ports.checkpoints.putHead({ ...head, checkpoint: value("{}"), channels: {} });

    await endRun(ports, run, ending);

    expect((await ports.threads.get(thread_id))?.head).toEqual({ checkpoint_id: "newest" });
    expect((await ports.checkpoints.head(thread_id, ""))?.checkpoint_id).toBe("newest");
  });

  it("comes at the start time-out, however often a reader sends it again", async () => {
    const ports = corePorts(table, completes);
    const run = await created(ports, await aThread(ports));
    ports.advance(RUN_START_TIMEOUT - redriveAfter(2) / 2);
    expect(await redrive(ports, await rowOf(ports, run))).toBe("sent");
    ports.advance(redriveAfter(2) / 2 + 1);

    await sweep(ports);

    expect((await rowOf(ports, run)).status).toBe("error");
  });
});

describe("a claimant that is to give a run up", () => {
  it("looks at the checkpoints again, after its claim, and runs if there is a new one", async () => {
    const ports = corePorts(table, completes);
    const run = await created(ports, await aThread(ports));
    await claimInVain(ports, run, NO_PROGRESS_CLAIMS);
    const { thread_id, run_id, log_start = 0, epoch } = await rowOf(ports, run);
    const late = { thread_id, ns: "", checkpoint_id: "late", claim: { log_start, epoch }, metadata: { run_id } };
    const claim: typeof ports.runs.claim = async (...args) => {
      await ports.checkpoints.putHead({ ...late, checkpoint: value("{}"), channels: {} });
      return ports.runs.claim(...args);
    };

    const executed = await handleMessage({ ...ports, runs: { ...ports.runs, claim } }, run, host);

    expect(executed).toBe("finished");
    expect((await rowOf(ports, run)).status).toBe("success");
  });
});

describe("a tick of the sweeper", () => {
  it("asks each shard of what is due once, however many runs are alive; an overdue one costs two rows and a send", async () => {
    const own = await table.another();
    const send = own.client.send.bind(own.client) as (command: object) => Promise<unknown>;
    let asked: string[] = [];
    const client = {
      send: (command: object) => {
        asked.push(command.constructor.name);
        return send(command);
      },
    };
    const ports = corePorts({ ...own, client: client as unknown as TestTable["client"] }, completes);
    const alive = await Promise.all(Array.from({ length: 50 }, async () => created(ports, await aThread(ports))));
    for (const run of alive) expect((await claimRun(ports, run, { purpose: "run" })).kind).toBe("claimed");
    const shards = Array.from({ length: DUE_SHARDS }, () => "QueryCommand");

    asked = [];
    const healthy = await sweep(ports);
    const whileAlive = asked;
    ports.advance(redriveAfter(1) + 1);
    asked = [];
    const overdue = await sweep(ports);

    expect([healthy, overdue]).toEqual([0, alive.length]);
    expect(whileAlive).toEqual(shards);
    const each = alive.flatMap(() => ["BatchGetCommand", "UpdateCommand"]);
    expect(asked.toSorted()).toEqual([...shards, ...each].toSorted());
  });
});
