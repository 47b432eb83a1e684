import { admit } from "../../functions/core/multitask.ts";
import { QUEUE_LIMIT } from "../../functions/core/timings.ts";

const waiting = (count: number) => Array.from({ length: count }, (_, i) => `run-${i}`);

describe("admit", () => {
  it.each(["enqueue", "reject", "interrupt", "rollback"] as const)("an idle thread runs it at once: %s", (strategy) => {
    expect(admit({ active_run: null, queue: [] }, strategy)).toBe("activate");
  });

  it("a busy thread lets it wait, up to the limit", () => {
    const active_run = "active";

    expect(admit({ active_run, queue: [] }, "enqueue")).toBe("enqueue");
    expect(admit({ active_run, queue: waiting(QUEUE_LIMIT - 1) }, "enqueue")).toBe("enqueue");
    expect(admit({ active_run, queue: waiting(QUEUE_LIMIT) }, "enqueue")).toBe("queue_full");
  });

  it("a busy thread refuses with reject", () => {
    expect(admit({ active_run: "active", queue: [] }, "reject")).toBe("busy");
  });
});
