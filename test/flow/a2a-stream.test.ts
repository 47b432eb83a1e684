/** Streams of A2A: what they bring, and how they go on after a cut. */
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { a2aClient, data, message, statesIn, type Task, text } from "./a2a-client.ts";

let server: SharedServer;
beforeAll(async () => {
  server = await goldenServer();
});
afterAll(() => server.stop());

const { streamed } = a2aClient(() => server.url);

const idOf = (begun: { result: object } | undefined): string => (begun?.result as Task | undefined)?.id ?? "";

describe("a stream", () => {
  test("begins with the task, brings the words as they come, and ends with the state", async () => {
    const events = await streamed("tool_agent", "message/stream", message(text("weather?")));

    const artifacts = events.filter(({ result }) => result["kind"] === "artifact-update").map(({ result }) => result);
    const pieces = artifacts.map(({ append, lastChunk, artifact }) => [
      append,
      lastChunk,
      (artifact as Task["artifacts"][number]).parts[0]?.["text"],
    ]);
    expect(events[0]?.result["kind"]).toBe("task");
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(["message"]));
    expect(statesIn(events).slice(1)).toEqual(["working", "completed"]);
    expect(pieces.slice(0, 2)).toEqual([
      [false, false, "The "],
      [true, false, "weather "],
    ]);
    expect(pieces.at(-1)).toEqual([false, true, "The weather in sf is sunny."]);
    expect(events.at(-1)?.result).toMatchObject({ kind: "status-update", final: true });
  });

  test.each([
    ["tool_agent", message(text("weather?"))],
    ["slow", message(data({ n: 5, delay_ms: 0 }))],
    ["hitl", message(data({ some_text: "x" }))],
  ])("of %s goes on after any of its events, by Last-Event-ID", async (agent, params) => {
    const [begun, ...events] = await streamed(agent, "message/stream", params);
    const id = idOf(begun);

    const cuts = events.map(({ id: at }) => at ?? "");
    const tails = await Promise.all(
      cuts.map((at) => streamed(agent, "tasks/resubscribe", { id }, { "last-event-id": at })),
    );
    const whole = await streamed(agent, "tasks/resubscribe", { id });

    expect(cuts.filter((at) => !/^\d+-\d+$/.test(at))).toEqual([]);
    expect(new Set(cuts).size).toBe(cuts.length);
    expect(tails).toEqual(cuts.map((_, index) => events.slice(index + 1)));
    expect(whole[0]?.result).toMatchObject({ kind: "task", id });
    expect(whole.slice(1)).toEqual(events);
  });

  test("of an answer goes on with the task", async () => {
    const [begun] = await streamed("hitl", "message/stream", message(data({ some_text: "x" })));
    const id = idOf(begun);

    const events = await streamed("hitl", "message/stream", message(text("y"), { taskId: id }));
    const again = await streamed("hitl", "tasks/resubscribe", { id });

    expect(statesIn(events).at(-1)).toBe("completed");
    expect(new Set(events.map(({ result }) => result["taskId"] ?? result["id"]))).toEqual(new Set([id]));
    expect(again.slice(1)).toEqual(events.slice(1));
  });
});
