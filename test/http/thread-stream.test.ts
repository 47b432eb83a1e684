/** The stream of a whole thread tells what only this server knows of a run: that a worker has handed it over. */
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, jsonOf, runBody, threeSteps } from "./app-under-test.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

/** Reads until the run is done. */
async function read(app: AppUnderTest, thread_id: string, modes: string, after = "-"): Promise<string[]> {
  const response = await app.ask(`GET /threads/${thread_id}/stream?stream_modes=${modes}`, undefined, {
    "last-event-id": after,
  });
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.includes("run_done")) break;
  }
  return text.split("\n\n").filter((frame) => frame.startsWith("event:"));
}

test("a hand-over is told with its time to who asks for lifecycle, at its place, and once", async () => {
  let invocations = 0;
  const app = appUnderTest(table, (invocation, context) =>
    ++invocations === 1 ? Promise.resolve({ kind: "drained" }) : threeSteps(invocation, context),
  );
  const thread_id = await app.thread();
  const { run_id } = await jsonOf(await app.ask(`POST /threads/${thread_id}/runs`, runBody()));
  await app.work();

  const lifecycle = await read(app, thread_id, "lifecycle");
  const all = await read(app, thread_id, "lifecycle,run_modes");
  const events = await read(app, thread_id, "run_modes");

  const [begin, handOver = "", done] = lifecycle;
  const data = JSON.parse(/^data: (.*)$/m.exec(handOver)?.[1] ?? "null") as unknown;
  const id = /^id: (.*)$/m.exec(handOver)?.[1] ?? "";
  expect(lifecycle).toHaveLength(3);
  expect(data).toEqual({ status: "run_handed_over", run_id, at: expect.any(String) as string });
  expect(all).toEqual([begin, handOver, ...events.slice(1)]);
  expect(events.join("")).not.toContain("run_handed_over");
  expect(await read(app, thread_id, "lifecycle", id)).toEqual([done]);
});
