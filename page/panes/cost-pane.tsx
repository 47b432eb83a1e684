/** What the run cost, in units and money: a table that says of each line whether it was counted or estimated. */
import { useMemo } from "preact/hooks";
import { PRICES_OF } from "../../cost/prices.ts";
import { MEMORY_MB } from "../../functions/host/memory.ts";
import { getHistory, getState } from "../api/threads.ts";
import { COUNTED_CHECKPOINTS } from "../limits.ts";
import { costOfRun } from "../log/cost-of-run.ts";
import { durationOf } from "../log/duration-of.ts";
import { log, logVersion, selectedRun, stateVersion, thread } from "../open-thread.ts";
import { durationText } from "../parts/show-time.tsx";
import { useAsked } from "../parts/use-asked.ts";

const usdText = (usd: number): string => `$${usd.toFixed(usd < 0.01 ? 7 : 4)}`;

export function CostPane() {
  void logVersion.value;
  const run = selectedRun.value;
  const version = stateVersion.value;
  const { value: found = [] } = useAsked(run?.run_id, version, async () =>
    run ? getHistory(run.thread_id, { limit: COUNTED_CHECKPOINTS, run_id: run.run_id }) : [],
  );
  const { value: newest } = useAsked(run?.thread_id, version, () => getState(run?.thread_id ?? ""));
  const stateBytes = useMemo(() => JSON.stringify(newest?.values ?? null).length, [newest]);
  if (!run) return <p class="faint">{thread.value ? "This thread has no run yet." : "Loading …"}</p>;
  const own = log.value.runs.get(run.run_id);
  const checkpoints = found.length;
  const lines = costOfRun({ duration: durationOf(run), log: own, checkpoints, stateBytes });
  const sum = lines.reduce((total, { usd }) => total + usd, 0);
  return (
    <div class="cost">
      <p>
        <b class="sum">{usdText(sum)}</b> for {durationText(durationOf(run))}, {own?.events.length ?? 0} events in{" "}
        {own?.slots ?? 0} slots of the log, {((own?.size ?? 0) / 1_000).toFixed(1)} kB, {checkpoints} checkpoints.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Units
            </th>
            <th scope="col">Unit</th>
            <th scope="col" class="number">
              Price
            </th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ what, quantity, unit, usd, counted }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td class="number">{quantity.toPrecision(3)}</td>
              <td>{unit}</td>
              <td class="number">{usdText(usd)}</td>
              <td>{counted ? "counted" : "estimate"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="faint">
        On AWS at list prices ({PRICES_OF.region}, {PRICES_OF.date}), with one reader, {MEMORY_MB.worker} MB for the
        worker and {MEMORY_MB.api} MB for the stream. The model is not in it. Locally a run costs nothing.
      </p>
    </div>
  );
}
