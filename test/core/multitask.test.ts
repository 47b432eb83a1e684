import { admit, comesFromWithin } from "../../functions/core/run/create/multitask.ts";
import { QUEUE_LIMIT } from "../../functions/core/run/timings.ts";

const waiting = (count: number) => Array.from({ length: count }, (_, i) => `run-${i}`);

describe("admit", () => {
  it.each(["enqueue", "reject", "interrupt", "rollback"] as const)("an idle thread runs it at once: %s", (strategy) => {
    expect(admit({ active_run: null, queue: [] }, strategy)).toEqual({ kind: "activate" });
  });

  it("a busy thread lets it wait, up to the limit", () => {
    const active_run = "active";

    expect(admit({ active_run, queue: [] }, "enqueue")).toEqual({ kind: "enqueue" });
    expect(admit({ active_run, queue: waiting(QUEUE_LIMIT - 1) }, "enqueue")).toEqual({ kind: "enqueue" });
    expect(admit({ active_run, queue: waiting(QUEUE_LIMIT) }, "enqueue")).toEqual({ kind: "queue_full" });
  });

  it("a busy thread refuses with reject", () => {
    expect(admit({ active_run: "active", queue: [] }, "reject")).toEqual({ kind: "busy" });
  });

  it.each(["interrupt", "rollback"] as const)("a busy thread gives way to %s", (strategy) => {
    expect(admit({ active_run: "active", queue: waiting(QUEUE_LIMIT) }, strategy)).toEqual({
      kind: "supersede",
      intent: strategy,
    });
  });
});

describe("comesFromWithin", () => {
  const configurable = { run_id: "active", thread_id: "t" };
  const metadata = { run_id: "active", langgraph_node: "ask" };

  it("knows the config of a node of the run", () => {
    expect(comesFromWithin({ config: { configurable, metadata } }, "active")).toBe(true);
  });

  it.each([
    ["of a node of another run", { configurable: { ...configurable, run_id: "other" }, metadata }],
    ["of the run, which somebody uses again", { configurable, metadata: { run_id: "active" } }],
    ["without a run", { configurable: {}, metadata }],
    ["of nothing", {}],
    ["that is odd", { configurable: "active", metadata: ["ask"] }],
  ])("leaves alone a config %s", (_, config) => {
    expect(comesFromWithin({ config }, "active")).toBe(false);
  });

  it("leaves alone a request without a config", () => {
    expect(comesFromWithin({ config: undefined }, "active")).toBe(false);
  });
});
