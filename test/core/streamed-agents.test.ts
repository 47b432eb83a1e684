/** Who runs below a run, and what its models say at the end of a message: as a thread's stream names them. */
import { fold, inShort, record } from "../support/fold-run.ts";

test("an agent that a tool call has asked for is named, with its cause", () => {
  const events = fold([
    record(1, [
      ["tasks", { id: "t1", name: "tools", input: { tool_call: { id: "call-1" } } }],
      ["tasks|tools:t1", { id: "t2", name: "model", input: {}, metadata: { lc_agent_name: "researcher" } }],
    ]),
  ]);

  expect(events.find(({ method }) => method === "lifecycle")?.params.data).toEqual({
    event: "started",
    graph_name: "researcher",
    cause: { type: "toolCall", tool_call_id: "call-1" },
  });
});

test.each([
  [
    "its first task, after its state",
    ["tasks|tools:t1", { id: "t2", name: "m", metadata: { lc_agent_name: "writer" } }],
  ],
  [
    "its model's first words, before its first task",
    ["protocol/messages|tools:t1|m:t2", { node: "m", agent: "writer", data: { event: "message-start" } }],
  ],
] as [string, [string, unknown]][])("an agent is named by %s", (_, first) => {
  const events = fold([record(1, [["values|tools:t1", { a: 1 }], ["checkpoints|tools:t1", {}], first])]);

  expect(
    inShort(events)
      .slice(0, 3)
      .map((one) => one.split(" ", 2).join(" ")),
  ).toEqual(["checkpoints tools:t1", "values tools:t1", "lifecycle tools:t1"]);
  expect(events[2]?.params.data).toEqual({ event: "started", graph_name: "writer" });
});

test("what a model says of itself at a message's end has the name that each SDK reads", () => {
  const finish = (more: object) => ["protocol/messages|a:1", { data: { event: "message-finish", ...more } }];
  const both = { metadata: { finish_reason: "stop" }, responseMetadata: { finish_reason: "stop" } };
  const events = fold([
    record(1, [finish({ metadata: both.metadata }), finish(both), finish({ usage: {} })] as [string, unknown][]),
  ]);

  expect(events.slice(1).map(({ params }) => params.data)).toEqual([
    { event: "message-finish", ...both },
    { event: "message-finish", ...both },
    { event: "message-finish", usage: {} },
  ]);
});
