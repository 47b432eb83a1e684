/** Workers that are killed: what a reader has seen finished is not run again (model rule writesBeforeAnnouncement). */
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { isObject } from "../../functions/engine/javascript/langgraph.ts";
import { aThread } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { eventsOf, type SeenEvent } from "../support/invariants.ts";
import { callNumber, dying, nth } from "../support/processes.ts";
import { expectInvariants, record } from "../support/recorded.ts";
import { host, statusOf } from "../support/run-steps.ts";
import { aRun, eachOf, openSteps, settle, type StepsProject, upTo } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

const LEAVES = ["a", "x", "y", "c"];

/** The nodes that these events tell as done: by their name, by their result, or by the state that has it. */
function toldDone(events: readonly SeenEvent[]): Set<string> {
  const told = new Set<string>();
  for (const { event, data } of events) {
    const [mode = ""] = event.split("|");
    const payload: unknown = JSON.parse(data);
    if (!isObject(payload)) continue;
    for (const text of DONE_IN[mode]?.(payload) ?? []) told.add(text);
  }
  return new Set(LEAVES.filter((node) => told.has(node)));
}

const trailIn = (state: unknown): string[] =>
  isObject(state) && Array.isArray(state["trail"]) ? state["trail"].map(String) : [];
const resultOf = (task: Record<string, unknown>): string[] =>
  "result" in task && !task["error"] ? [String(task["name"])] : [];

const DONE_IN: Record<string, (payload: Record<string, unknown>) => string[]> = {
  updates: (payload) => Object.keys(payload),
  values: trailIn,
  tasks: resultOf,
  checkpoints: ({ values }) => trailIn(values),
  debug: ({ type, payload }) => {
    if (!isObject(payload)) return [];
    return type === "checkpoint" ? trailIn(payload["values"]) : type === "task_result" ? resultOf(payload) : [];
  },
  events: ({ event, name }) => (event === "on_chain_end" ? [String(name)] : []),
};

const ALL = ["updates", "values", "tasks", "checkpoints", "debug", "custom"];

describe("R8: killed before", () => {
  test.each([
    ["any call of its life", ALL, upTo(24).map((n) => callNumber(n))],
    ["any put of a task's writes", ["events"], upTo(6).map((n) => nth("checkpoints.putWrites", n))],
  ])("%s: what %s have told as done is not run again, in inner graphs too", async (_call, stream_mode, kills) => {
    const rounds = await eachOf(kills, async (at) => {
      const own = await table.another();
      const ports = await project.process(own);
      const thread_id = await aThread(ports);
      const run = await aRun(ports, thread_id, { assistant_id: "nested", stream_mode, stream_subgraphs: true });
      ports.sent.length = 0;
      const worker = dying(await project.process(own, ports), at);
      await Promise.race([worker.died, handleMessage(worker.ports, run, host)]);
      const { slots } = await record(ports, thread_id);
      const done = toldDone(eventsOf(slots));
      const ran = project.nodes(thread_id).length;

      await settle(ports, thread_id);

      await expectInvariants(ports, thread_id);
      const after = project.nodes(thread_id).slice(ran);
      return {
        done: [...done],
        again: after.filter((node) => done.has(node)),
        status: await statusOf(ports, run),
      };
    });

    expect(rounds.filter(({ again }) => again.length > 0)).toEqual([]);
    expect(rounds.filter(({ status }) => status !== "success")).toEqual([]);
    // The kills were before, between and after the ends of nodes.
    expect(new Set(rounds.map(({ done }) => done.length)).size).toBeGreaterThanOrEqual(3);
  });
});
