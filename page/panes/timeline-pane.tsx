/** A run on a line of time: attempts, hand-overs, checkpoints, interrupts. */
import { linkTo } from "../address.ts";
import { getHistory } from "../api/threads.ts";
import { TIMELINE_CHECKPOINTS } from "../limits.ts";
import { durationOf } from "../log/duration-of.ts";
import { type Moment, timelineOf } from "../log/timeline.ts";
import { log, logVersion, selectedRun, stateVersion, thread } from "../open-thread.ts";
import { clockText, durationText } from "../parts/show-time.tsx";
import { useAsked } from "../parts/use-asked.ts";
import { visible } from "../visible-text.ts";

export function TimelinePane() {
  void logVersion.value;
  const run = selectedRun.value;
  const { value: states = [] } = useAsked(run?.run_id, stateVersion.value, async () =>
    run ? getHistory(run.thread_id, { limit: TIMELINE_CHECKPOINTS, run_id: run.run_id }) : [],
  );
  if (!run) return <p class="faint">{thread.value ? "This thread has no run yet." : "Loading …"}</p>;
  const moments = timelineOf(run, log.value.runs.get(run.run_id), states);
  const began = Date.parse(run.created_at);
  const whole = Math.max(1, durationOf(run));
  return (
    <div class="timeline">
      <Line moments={moments} began={began} whole={whole} />
      <ol>
        {moments.map((moment, index) => (
          <li key={`${moment.kind} ${moment.id ?? index}`} class={moment.kind}>
            <span class="faint">{moment.at === undefined ? "" : `+${durationText(moment.at - began)}`}</span>
            <span class="mark" aria-hidden="true" />
            <span class="kind">{moment.kind}</span>
            <span>
              {moment.kind === "checkpoint" ? (
                <a href={linkTo({ pane: "history" })}>{visible(moment.text)}</a>
              ) : (
                visible(moment.text)
              )}
            </span>
          </li>
        ))}
      </ol>
      <p class="faint">
        Run <code>{run.run_id}</code>, created {clockText(run.created_at)}.
      </p>
    </div>
  );
}

/** The same as a picture; the list below it says it in words. */
function Line({ moments, began, whole }: { moments: Moment[]; began: number; whole: number }) {
  return (
    <svg class="line" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">
      <rect class="span" x="0" y="10" width="1000" height="4" rx="2" />
      {moments.map(({ kind, at, id }, index) => {
        if (at === undefined) return null;
        const x = Math.min(996, Math.max(4, ((at - began) / whole) * 1_000));
        return <rect key={`${kind} ${id ?? index}`} class={kind} x={x - 1.5} y="4" width="3" height="16" />;
      })}
    </svg>
  );
}
