/** What graphs say that is too large, too strange, or cannot be kept: errors and escapes, never a broken stream or a dangling reference. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { randomBytes } from "node:crypto";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { appUnderTest } from "../http/app-under-test.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { doneInPart, withFaults } from "../support/faulty-handler.ts";
import { interpose } from "../support/processes.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { completed, created, host, readAll, statusOf } from "../support/run-steps.ts";
import { framesOf, json } from "../support/sse.ts";
import { aRun, deliverAll, NODES, openSteps, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

const noise = (bytes: number): string => randomBytes(bytes).toString("base64");

describe("fault 19: batches are done in part", () => {
  const large = { trail: [noise(1_500_000)] };

  test("all of it is written in the end, and read", async () => {
    const ports = await project.process(table);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id, { input: large });
    let parts = 0;
    const halves = withFaults(table, ({ operation }) => {
      if (!operation.startsWith("Batch")) return undefined;
      parts++;
      return doneInPart;
    });
    const worker = await project.process(halves, ports);

    expect(await handleMessage(worker, run, host)).toBe("finished");

    expect(parts).toBeGreaterThan(3);
    const reader = await project.process(halves, ports);
    const { values } = await reader.engine.state({ thread_id, graph_id: "steps" });
    expect(values).toEqual({ trail: [...large.trail, ...NODES] });
    await expectInvariants(ports, thread_id);
  });
});

describe("fault 40: more than an item, a page or a transaction holds", () => {
  test("an event of a megabyte, and pages of more than that", async () => {
    const events = [noise(800_000), ...Array.from({ length: 12 }, () => noise(150_000))].map((text) =>
      JSON.stringify(text),
    );
    const ports = corePorts(table, async (_invocation, { sink }) => {
      for (const data of events) {
        sink.emit({ event: "custom", data }, "structural");
        await new Promise(setImmediate);
      }
      return completed;
    });
    const run = await created(ports, await aThread(ports));
    const reader = watchRun(ports, run);

    await handleMessage(ports, run, host);

    const seen = await reader.ended;
    expect(seen.seen.slice(1).every(({ data }, n) => data === events[n])).toBe(true);
    expect(seen.seen).toHaveLength(events.length + 1);
    await expectInvariants(ports, run.thread_id, [seen]);
  });

  test("a checkpoint that cannot be kept: the run is an error, the thread shows what it had, and goes on from there", async () => {
    const ports = await project.process(table);
    const thread_id = await aThread(ports);
    await aRun(ports, thread_id);
    await deliverAll(ports);
    const run = await aRun(ports, thread_id, { input: { trail: [noise(2_000_000)] } });
    let heads = 0;
    const failing = interpose(ports, ({ name }, carryOut) =>
      name === "checkpoints.putHead" && ++heads > 2 ? Promise.reject(new Unclear("no room")) : carryOut(),
    );

    await handleMessage(failing, run, host);
    const next = await aRun(ports, thread_id);
    await deliverAll(ports);

    expect((await readAll(ports, run)).events.at(-1)).toMatchObject({
      event: "error",
      data: expect.stringContaining("no room"),
    });
    expect([await statusOf(ports, run), await statusOf(ports, next)]).toEqual(["error", "success"]);
    await expectInvariants(ports, thread_id);
  });
});

describe("fault 44: what a graph says", () => {
  const values = [
    "line\nfeed",
    "carriage\r\nreturn",
    "NUL \u0000",
    "lone \ud800 surrogate",
    "\u2028 \u2029",
    "data: x\n\nevent: y",
    "\t",
  ];

  test("arrives as it was said: line ends, NUL, lone surrogates, in data and in names", async () => {
    const app = appUnderTest(table, (_invocation, { sink }) => {
      for (const value of values) sink.emit({ event: "custom", data: JSON.stringify({ value }) }, "structural");
      sink.emit({ event: "updates|a\nnode\tof\r\nmany:1", data: '"named"' }, "structural");
      return Promise.resolve(completed);
    });
    const { thread_id } = await json(app.ask("POST /threads", {}));
    const response = await app.ask(`POST /threads/${String(thread_id)}/runs/stream`, { assistant_id: "scripted" });
    await app.work();

    const frames = framesOf(await response.text());

    expect(frames.map(({ event }) => event)).toEqual([
      "metadata",
      ...values.map(() => "custom"),
      "updates|a node of  many:1",
    ]);
    expect(frames.slice(1, -1).map(({ data }) => (JSON.parse(data) as { value: string }).value)).toEqual(values);
    expect(frames.at(-1)?.data).toBe('"named"');
  });

  test("as an error is the stream's last event, and the run's", async () => {
    const ports = corePorts(table, () => Promise.reject(new TypeError("line\nfeed \ud800")));
    const run = await created(ports, await aThread(ports));

    await handleMessage(ports, run, host);

    const { events, end } = await readAll(ports, run);
    expect(JSON.parse(events.at(-1)?.data ?? "")).toEqual({ error: "TypeError", message: "line\nfeed \ud800" });
    expect(end).toEqual({ kind: "ended", status: "error" });
    await expectInvariants(ports, run.thread_id);
  });
});
