/** Which nodes are at work, or wait for a person. */
import type { Thread } from "../../functions/protocol/thread.ts";
import type { ListedState } from "../listed-state.ts";
import type { RunLog } from "../log/run-log.ts";

export interface ActiveNodes {
  kind: "runs" | "waits" | "none";
  nodes: ReadonlySet<string>;
}

const NONE: ActiveNodes = { kind: "none", nodes: new Set() };

export function activeNodes(
  thread: Thread | undefined,
  state: ListedState | undefined,
  run: RunLog | undefined,
): ActiveNodes {
  if (!thread || !state) return NONE;
  const next = state.tasks.length > 0 ? state.tasks : state.next.map((name) => ({ name, interrupts: [] }));
  if (thread.status === "interrupted") return { kind: "waits", nodes: new Set(next.map(({ name }) => name)) };
  if (thread.status !== "busy") return NONE;
  const names = next.map(({ name }) => name);
  // A node that speaks says so before its checkpoint does.
  if (run && !run.ended && run.speaking !== undefined) names.push(run.speaking);
  return { kind: "runs", nodes: new Set(names) };
}
