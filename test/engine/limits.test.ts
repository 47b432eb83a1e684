/** What a graph asks, keeps and shows: in proportion to what it is, and refused by name where it is too large. */
import { fileURLToPath } from "node:url";
import { SHOWN_CHANNELS_BYTES } from "../../functions/core/run/timings.ts";
import { WHOLE_BYTES } from "../../functions/core/json/size-limits.ts";
import { newRun, openEngine, type TestEngine } from "./open-engine.ts";

let server: TestEngine;
beforeAll(async () => {
  server = await openEngine(fileURLToPath(new URL("./projects/behaviors", import.meta.url)));
});
afterAll(() => server.close());

const MODES = ["values", "updates", "tasks", "debug", "checkpoints", "messages-tuple", "custom", "events"];

test.each(MODES)("R5: many questions at once stream in proportion to their number: %s", async (mode) => {
  const bytesAt = async (width: number): Promise<number> => {
    let bytes = 0;
    const kwargs = { input: { width, size: 500 }, stream_mode: [mode], subgraphs: true };
    await server.run({ graph_id: "fan", kwargs, onEvent: ({ data }) => (bytes += data.length) });
    return bytes;
  };

  const [once, fourTimes] = [await bytesAt(10), await bytesAt(40)];

  expect(fourTimes).toBeLessThanOrEqual(4.5 * once);
});

test("R5, R10: the last values have all questions, in the order of their tasks, whichever asked first", async () => {
  const run = newRun();

  const { events, outcome } = await server.run({ ...run, graph_id: "fan", kwargs: { input: { width: 12, size: 1 } } });

  const state = await server.engine.state({ thread_id: run.thread_id, graph_id: "fan" });
  expect(events.filter(([, data]) => JSON.stringify(data).includes("__interrupt__"))).toHaveLength(1);
  expect(events.at(-1)).toEqual(["values", { width: 12, size: 1, __interrupt__: state.interrupts }]);
  expect(state.interrupts.map(({ value }) => value)).toEqual(Array.from({ length: 12 }, (_, q) => ({ q, text: "?" })));
  if (outcome.kind !== "paused") throw new Error(outcome.kind);
  expect(Object.values(outcome.interrupts).flat()).toEqual(state.interrupts);
});

test.each([
  [
    "a write",
    { size: WHOLE_BYTES, times: 1 },
    /^The channel "first" has \d+ bytes, at most 33554432 are allowed$/,
    ["size", "times"],
  ],
  [
    "a state",
    { size: WHOLE_BYTES / 2, times: 2 },
    /^The state \(most of it the channel "(?:first|second)"\) has \d+ bytes, at most 33554432 are allowed$/,
    ["size", "times", "first"],
  ],
])(
  "R5: %s that is too large fails the run, by name, and the thread keeps what it had",
  async (_name, input, message, kept) => {
    const run = newRun();

    const { outcome } = await server.run({ ...run, graph_id: "large", kwargs: { input, stream_mode: ["custom"] } });

    expect(outcome).toMatchObject({
      kind: "failed",
      error: { error: "TooLarge", message: expect.stringMatching(message) },
    });
    const values = await server.engine.values(run.thread_id, outcome.kind === "failed" ? outcome.head : undefined);
    expect(Object.keys(values as object)).toEqual(kept);
  },
);

test("R5: a graph with more channels than a row holds the names of shows its values all the same", async () => {
  const run = newRun();

  const { outcome } = await server.run({
    ...run,
    graph_id: "many",
    kwargs: { input: { a_channel_with_a_long_name_0: 1 } },
  });

  if (outcome.kind !== "completed") throw new Error(outcome.kind);
  expect(JSON.stringify(outcome.head).length).toBeLessThan(SHOWN_CHANNELS_BYTES);
  expect(Object.keys((await server.engine.values(run.thread_id, outcome.head)) as object)).toHaveLength(400);
});
