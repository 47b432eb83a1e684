/** One line for each change of a run's state, with the ids by which its other lines are found, and nothing of what it says. */
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { LEASE, redriveAfter } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { type Line, silentLogger } from "../http/silent-logger.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, hello, host } from "../support/run-steps.ts";
import { startEndpoint } from "../support/webhook-endpoint.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const SECRET = "what only the user may know";

function logged(script: Script): { ports: CorePorts; lines: Line[] } {
  const logger = silentLogger();
  return { ports: { ...corePorts(table, script), logger }, lines: logger.lines };
}

/** Message and attempt of each change of the run, in order. @throws for a line that lacks an id */
function changesOf(lines: readonly Line[], { run_id, thread_id }: RunRef): string[] {
  const changes = lines.filter(({ level, fields }) => level === "info" && fields["run_id"] === run_id);
  return changes.map(({ message, fields }) => {
    expect(fields).toMatchObject({ thread_id, attempt: expect.any(Number) });
    const { attempt, status, intent } = fields;
    return [message, attempt, status ?? intent]
      .filter((part) => part !== undefined)
      .map(String)
      .join(" ");
  });
}

describe("a run's lines", () => {
  it("follow it through a dead worker, a hand-over and its end, each with its attempt", async () => {
    const endpoint = await startEndpoint();
    onTestFinished(() => endpoint.stop());
    let drained = false;
    const { ports, lines } = logged((...args) => {
      if (drained) return hello(...args);
      drained = true;
      return Promise.resolve({ kind: "drained" });
    });
    const fields = { webhook: endpoint.url, input: { text: SECRET } };
    const run = await created(ports, await aThread(ports), fields);
    await claimRun(ports, run, { purpose: "run" });
    ports.advance(LEASE + redriveAfter(1) + 1);
    await sweep(ports);

    const ended = [await handleMessage(ports, run, host), await handleMessage(ports, run, host)];

    expect(ended).toEqual(["handed_over", "finished"]);
    expect(changesOf(lines, run)).toEqual([
      "run created 0",
      "run sent again 1",
      "run started 2",
      "run handed over 2",
      "run started 2",
      "run finished 2 success",
      "webhook tried 2",
    ]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it("tell of one that waited, was made active by the end before it, and was cancelled", async () => {
    const { ports, lines } = logged(() => Promise.resolve(completed));
    const thread_id = await aThread(ports);
    const first = await created(ports, thread_id);
    const second = await created(ports, thread_id);
    await handleMessage(ports, first, host);

    await cancelRun(ports, second, "interrupt");

    expect(changesOf(lines, second)).toEqual([
      "run created 0",
      "run activated 0",
      "cancel requested 0 interrupt",
      "run finished 0 interrupted",
    ]);
  });

  it("tell of those that ended while they waited: cancelled, or superseded", async () => {
    const { ports, lines } = logged(() => Promise.resolve(completed));
    const thread_id = await aThread(ports);
    const active = await created(ports, thread_id);
    const [cancelled, superseded] = [await created(ports, thread_id), await created(ports, thread_id)];

    await cancelRun(ports, cancelled, "interrupt");
    await created(ports, thread_id, { multitask_strategy: "rollback" });

    expect(changesOf(lines, cancelled)).toEqual([
      "run created 0",
      "cancel requested 0 interrupt",
      "run finished 0 interrupted",
    ]);
    expect(changesOf(lines, superseded)).toEqual(["run created 0", "run finished 0 rolled_back"]);
    expect(changesOf(lines, active)).toContain("cancel requested 0 rollback");
  });

  it("tell of a delayed one that takes its place", async () => {
    const { ports, lines } = logged(hello);
    const run = await created(ports, await aThread(ports), { after_seconds: 60 });
    ports.advance(60_001);

    await sweep(ports);

    expect(changesOf(lines, run)).toEqual(["run created 0", "delayed run admitted 0"]);
  });
});
