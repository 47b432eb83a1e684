/** What happened in a run, in order: its attempts and hand-overs from the log, its checkpoints and interrupts from the history. */
import type { Run } from "../../functions/protocol/run.ts";
import type { ListedState } from "../listed-state.ts";
import { textOf } from "../json.ts";
import type { RunLog } from "./run-log.ts";
import { nameText } from "../visible-text.ts";

export interface Moment {
  kind: "created" | "attempt" | "hand-over" | "checkpoint" | "interrupt" | "end";
  /** ms since 1970; undefined = known by its order alone. */
  at: number | undefined;
  text: string;
  /** The event or the checkpoint. */
  id?: string;
}

/** @param checkpoints those of the run, newest first */
export function timelineOf(run: Run, log: RunLog | undefined, checkpoints: readonly ListedState[]): Moment[] {
  const { status, created_at, updated_at, multitask_strategy } = run;
  const begun = new Map<number, number>();
  const steps = checkpoints.toReversed().flatMap((state): Moment[] => {
    const at = state.created_at === null ? undefined : Date.parse(state.created_at);
    const attempt = Number(state.metadata["run_attempt"] ?? 1);
    if (at !== undefined && !begun.has(attempt)) begun.set(attempt, at);
    const moments: Moment[] = [
      { kind: "checkpoint", at, text: stepText(state), id: state.checkpoint.checkpoint_id ?? "" },
    ];
    for (const { name, interrupts } of state.tasks)
      if (interrupts.length > 0) moments.push({ kind: "interrupt", at, text: `${nameText(name)} asks a person` });
    return moments;
  });
  const starts = (log?.starts ?? []).map(({ attempt, handedOver, event }): Moment => {
    // What was there before the page may come late, on a slow network: no attempt begins after its first checkpoint.
    const first = handedOver ? undefined : begun.get(attempt);
    const seen = first === undefined ? event.at : Math.min(event.at ?? first, first);
    return {
      kind: handedOver ? "hand-over" : "attempt",
      at: seen,
      text: handedOver ? "handed over: the next worker went on" : `attempt ${attempt}`,
      id: event.id,
    };
  });
  const created: Moment = { kind: "created", at: Date.parse(created_at), text: `created (${multitask_strategy})` };
  const isOver = status !== "pending" && status !== "running";
  const end: Moment[] = isOver ? [{ kind: "end", at: Date.parse(updated_at), text: status }] : [];
  return [created, ...merged(starts, steps), ...end];
}

/** What has no time keeps its place among its own kind. */
function merged(starts: readonly Moment[], steps: readonly Moment[]): Moment[] {
  const all: Moment[] = [];
  let next = 0;
  for (const start of starts) {
    while (next < steps.length && start.at !== undefined && (steps[next]?.at ?? 0) < start.at)
      all.push(...steps.slice(next, ++next));
    all.push(start);
  }
  return [...all, ...steps.slice(next)];
}

function stepText({ metadata, next, tasks }: ListedState): string {
  const done = tasks.map(({ name }) => name);
  const { step, source } = metadata;
  const what = source === "input" ? "input" : source === "update" ? "state update" : source === "fork" ? "fork" : "";
  const goes =
    next.length > 0 ? `next ${[...new Set(done.length > 0 ? done : next)].map(nameText).join(", ")}` : "nothing left";
  return [`step ${textOf(step)}`, what, goes].filter(Boolean).join(" · ");
}
