/** What the page makes of a thread's log and history: runs, attempts, hand-overs, messages. */
import type { Run } from "../../functions/protocol/run.ts";
import type { ThreadState } from "../../functions/protocol/thread.ts";
import { ThreadLog } from "../../page/log/thread-log.ts";
import { timelineOf } from "../../page/log/timeline.ts";

const RUN: Run = {
  run_id: "r",
  thread_id: "t",
  assistant_id: "a",
  created_at: "2026-11-30T10:00:00.000Z",
  updated_at: "2026-11-30T10:00:09.000Z",
  status: "success",
  metadata: {},
  kwargs: {},
  multitask_strategy: "enqueue",
};
const at = (second: number): string => `2026-11-30T10:00:0${second}.000Z`;
const event = (id: string, name: string, data: unknown) => ({ id, event: name, data: JSON.stringify(data) });
const begins = (id: string, attempt: number, run_id = "r") => event(id, "metadata", { run_id, attempt });

const checkpoint = (step: number, second: number, run_attempt: number, asks = false): ThreadState => ({
  values: {},
  next: ["work"],
  tasks: [
    {
      id: "1",
      name: "work",
      error: null,
      interrupts: asks ? [{ id: "i", value: "?" }] : [],
      checkpoint: null,
      state: null,
    },
  ],
  checkpoint: { thread_id: "t", checkpoint_ns: "", checkpoint_id: `c${step}` },
  parent_checkpoint: null,
  metadata: { step, source: "loop", run_attempt },
  created_at: at(second),
  interrupts: [],
});

test("attempts stand before their checkpoints, a hand-over where the log has its time", () => {
  const log = new ThreadLog();
  const handOver = event("7-1", "metadata", { status: "run_handed_over", run_id: "r", at: at(6) });
  log.append([begins("1-1", 1), begins("4-1", 2), handOver], undefined);
  const newestFirst = [checkpoint(2, 7, 2, true), checkpoint(1, 4, 2), checkpoint(0, 1, 1)];

  const moments = timelineOf(RUN, log.runs.get("r"), newestFirst);

  expect(moments.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "created: created (enqueue)",
    "attempt: attempt 1",
    "checkpoint: step 0 · next work",
    "attempt: attempt 2",
    "checkpoint: step 1 · next work",
    "hand-over: handed over: the next worker went on",
    "checkpoint: step 2 · next work",
    "interrupt: work asks a person",
    "end: success",
  ]);
});

test("an attempt stands before its first checkpoint, also if its event came to the page later", () => {
  const log = new ThreadLog();
  log.append([begins("1-1", 1)], Date.parse(at(8)));

  const moments = timelineOf(RUN, log.runs.get("r"), [checkpoint(0, 1, 1)]);

  expect(moments.map(({ kind }) => kind)).toEqual(["created", "attempt", "checkpoint", "end"]);
});

test("a run at work has no end yet; one without log or history has its creation", () => {
  const moments = timelineOf({ ...RUN, status: "running" }, undefined, []);

  expect(moments.map(({ kind }) => kind)).toEqual(["created"]);
});

test("events belong to the run that began before them, pieces of a message are one row", () => {
  const log = new ThreadLog();
  const piece = (id: string, content: unknown, more: object = {}) =>
    event(id, "messages", [{ id: "m", type: "AIMessageChunk", content, ...more }, { langgraph_node: "speak" }]);

  log.append([begins("1-1", 1), piece("2-1", "one "), piece("2-2", [{ type: "text", text: "two" }])], undefined);
  log.append([piece("3-1", "", { tool_call_chunks: [{ index: 0, name: "look", args: '{"a":' }] })], undefined);
  log.append([piece("3-2", "", { tool_call_chunks: [{ index: 0, args: "1}" }] })], undefined);
  log.append([event("3-3", "metadata", { status: "run_done", run_id: "r" }), begins("4-1", 1, "next")], undefined);
  log.append([event("4-2", "values|child:1", { a: 1 })], undefined);

  const [first, second] = [log.runs.get("r"), log.runs.get("next")];
  expect(first?.rows.map(({ kind }) => kind)).toEqual(["event", "message", "event"]);
  expect(first?.rows[1]).toMatchObject({
    role: "ai",
    node: "speak",
    text: "one two",
    calls: new Map([["0", { name: "look", args: '{"a":1}' }]]),
    pieces: 4,
  });
  expect([first?.slots, first?.ended, second?.events.length, second?.ended]).toEqual([3, true, 2, false]);
});

test.each([
  ["of LangGraph.js", { type: "ai", tool_call_chunks: [] }],
  ["of Python", { type: "AIMessageChunk" }],
])("pieces %s are put together; the whole message replaces them", (_, fields) => {
  const log = new ThreadLog();
  const said = (id: string, message: object) => event(id, "messages", [{ id: "m", ...message }, {}]);

  log.append([begins("1-1", 1), said("2-1", { content: "a", ...fields }), said("2-2", { content: "b", ...fields })], 0);
  const pieces = log.runs.get("r")?.rows[1];
  expect(pieces).toMatchObject({ text: "ab", role: "ai" });
  log.append([said("2-3", { content: "abc", type: "ai" })], 0);

  expect(log.runs.get("r")?.rows[1]).toMatchObject({ text: "abc" });
  expect(log.runs.get("r")?.rows).toHaveLength(2);
});

test("what is no message is a row like any other, and an update of the state says that something changed", () => {
  const log = new ThreadLog();

  const told = log.append([begins("1-1", 1), event("1-2", "messages", [])], undefined);
  const updated = log.append([event("2-1", "state_update", {})], undefined);

  expect(log.runs.get("r")?.rows).toHaveLength(2);
  expect([told.changed, updated.changed, updated.stepped]).toEqual([true, true, false]);
});
