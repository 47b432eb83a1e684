/** Events that one slot cannot hold. */
import { randomBytes } from "node:crypto";
import { parseCursor } from "../../functions/core/log/cursor.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { patchThread } from "../../functions/core/thread/threads.ts";
import { aThread, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, host, readAll } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const large = () => JSON.stringify(randomBytes(180_000).toString("base64"));

describe("a run", () => {
  it("one event of a megabyte that does not compress goes through several slots and arrives whole", async () => {
    const data = JSON.stringify(randomBytes(800_000).toString("base64"));
    const ports = corePorts(table, (_invocation, { sink }) => {
      sink.emit({ event: "custom", data }, "structural");
      sink.emit({ event: "updates", data }, "held");
      return Promise.resolve(completed);
    });
    const run = await created(ports, await aThread(ports));

    await handleMessage(ports, run, host);

    const { events } = await readAll(ports, run);
    expect(events.map(({ event }) => event)).toEqual(["metadata", "custom", "updates"]);
    expect(events[1]?.data === data && events[2]?.data === data).toBe(true);
    for (const [n, { id }] of events.entries())
      expect((await readAll(ports, run, parseCursor(id))).events).toEqual(events.slice(n + 1));
  });

  it("whose thread changes while its last events are cut into parts: finished all the same", async () => {
    const data = JSON.stringify(randomBytes(800_000).toString("base64"));
    const ports = corePorts(table, async ({ thread_id }, { sink }) => {
      sink.emit({ event: "updates", data }, "held");
      await patchThread(ports, thread_id, { metadata: { changed: true }, ttl: undefined });
      return completed;
    });
    const run = await created(ports, await aThread(ports));

    expect(await handleMessage(ports, run, host)).toBe("finished");

    expect((await readAll(ports, run)).events.at(-1)?.data === data).toBe(true);
    expect((await ports.threads.get(run.thread_id))?.metadata).toMatchObject({ changed: true });
  });

  it("whose batch of large events is cut into parts can be resumed from within", async () => {
    const ports = corePorts(table, (_invocation, { sink }) => {
      for (let n = 0; n < 4; n++) sink.emit({ event: "custom", data: large() }, "token");
      return Promise.resolve(completed);
    });
    const run = await created(ports, await aThread(ports));
    await handleMessage(ports, run, host);

    const { events } = await readAll(ports, run);

    expect(events).toHaveLength(5);
    for (const [n, { id }] of events.entries())
      expect((await readAll(ports, run, parseCursor(id))).events).toEqual(events.slice(n + 1));
  });
});
