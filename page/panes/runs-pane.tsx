/** The runs of the thread, newest first. */
import { linkTo } from "../address.ts";
import { durationOf } from "../log/duration-of.ts";
import { log, logVersion, runs, selectedRun } from "../open-thread.ts";
import { Ago, durationText } from "../parts/show-time.tsx";
import { Status } from "../parts/status.tsx";

export function RunsPane() {
  void logVersion.value;
  return (
    <section class="runs" aria-label="Runs">
      <ul>
        {runs.value.map((run) => {
          const attempts = log.value.runs.get(run.run_id)?.starts.at(-1)?.attempt ?? 1;
          return (
            <li key={run.run_id}>
              <a
                href={linkTo({ run: run.run_id, isNew: false })}
                aria-current={run.run_id === selectedRun.value?.run_id ? "true" : undefined}
              >
                <Status of={run.status} />
                <span class="faint">{durationText(durationOf(run))}</span>
                {attempts > 1 && <span class="attempts">{attempts} attempts</span>}
                <Ago iso={run.created_at} />
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
