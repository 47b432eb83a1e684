/** What is measured of a run, on the real storage: each figure once, and nothing changed by it. */
import { countWriteUnits } from "../../functions/aws/table/count-write-units.ts";
import { recordMetrics } from "../../functions/core/metrics/record-metrics.ts";
import type { MetricName } from "../../functions/core/metrics/metric-names.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { DUE_AHEAD, LEASE } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, hello, host, readAll } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

interface Sample {
  measure: MetricName;
  value: number;
  status?: string | undefined;
}

function measured(script: Script): { ports: CorePorts; samples: Sample[]; of: (measure: MetricName) => number[] } {
  const samples: Sample[] = [];
  const metrics = {
    add: (measure: MetricName, value: number, status?: string) => void samples.push({ measure, value, status }),
    count: () => undefined,
  };
  const ports = recordMetrics(corePorts(table, script), metrics);
  const of = (measure: MetricName): number[] =>
    samples.filter((sample) => sample.measure === measure).map(({ value }) => value);
  return { ports, samples, of };
}

test("a run: its wait, its first event, its appends, its end", async () => {
  const { ports, samples, of } = measured(async (_, { sink }) => {
    sink.emit({ event: "custom", data: "1" }, "structural");
    await ports.clock.sleep(50);
    return completed;
  });
  const run = await created(ports, await aThread(ports));
  ports.advance(700);

  await handleMessage(ports, run, host);

  const [delay = 0] = of("QueueDelay");
  const [first = 0] = of("TimeToFirstEvent");
  expect(delay).toBeGreaterThanOrEqual(700);
  expect(first).toBeGreaterThanOrEqual(delay);
  expect(of("AppendLatency").length).toBeGreaterThan(0);
  expect(samples.filter(({ measure }) => measure === "RunsFinished")).toEqual([
    { measure: "RunsFinished", value: 1, status: "success" },
  ]);
  expect(of("Attempts")).toEqual([1]);
  expect([...of("FencedWriters"), ...of("Recoveries")]).toEqual([]);
});

test("a sweep in which nothing is due publishes nothing: an idle month has no figures to pay for", async () => {
  const { ports, samples } = measured(hello);

  await sweep(ports);

  expect(samples).toEqual([]);
});

test("a short run, whose events ride with its end, has a first event, too", async () => {
  const { ports, of } = measured(hello);
  const run = await created(ports, await aThread(ports));

  await handleMessage(ports, run, host);

  expect(of("TimeToFirstEvent")).toHaveLength(1);
});

test("a reader: the lag of what is new, not of what it reads again", async () => {
  const { ports, of } = measured(async (_, { sink }) => {
    sink.emit({ event: "custom", data: "1" }, "structural");
    await ports.clock.sleep(300);
    sink.emit({ event: "custom", data: "2" }, "structural");
    return completed;
  });
  const run = await created(ports, await aThread(ports));

  const [watched] = await Promise.all([readAll(ports, run), handleMessage(ports, run, host)]);
  const live = of("TailLag").length;
  ports.advance(60_000);
  const again = await readAll(ports, run);

  expect(again.events).toEqual(watched.events);
  expect(live).toBeGreaterThan(0);
  expect(of("TailLag")).toHaveLength(live);
  expect(Math.max(...of("TailLag"))).toBeLessThan(60_000);
});

test("a worker that died: its run is sent again, and ends with its second attempt", async () => {
  const { ports, of } = measured(hello);
  const run = await created(ports, await aThread(ports));
  const { kind } = await ports.runs.claim(run, {
    owner: "dead",
    epoch: 1,
    attempt: 1,
    no_progress_claims: 1,
    last_checkpoint_id: null,
    opening: "first",
    lease_until: ports.clock.now() + LEASE,
    due: ports.clock.now() + DUE_AHEAD,
    send_count: 0,
    claimable_since: ports.clock.now(),
    updated_at: new Date(ports.clock.now()).toISOString(),
  });

  ports.advance(DUE_AHEAD + 1);
  await sweep(ports);
  await handleMessage(ports, run, host);

  expect(kind).toBe("claimed");
  expect(of("Recoveries")).toEqual([1]);
  expect(of("QueueDelay")).toHaveLength(1);
  expect(of("Attempts")).toEqual([2]);
});

test("the write units of calls are counted, reads are not", async () => {
  let units = 0;
  const client = table.connect();
  countWriteUnits(client, (count) => (units += count));
  const ports = corePorts({ ...table, client }, hello);

  const run = await created(ports, await aThread(ports));
  const create = units;
  await ports.runs.load(run);
  const read = units - create;
  await handleMessage(ports, run, host);

  expect(create).toBeGreaterThan(4);
  expect(read).toBe(0);
  expect(units).toBeGreaterThan(create + 4);
});
