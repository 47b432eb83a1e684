/** The thread that is open: what it waits for, its runs, and one pane about the run that is chosen. */
import type { ComponentType } from "preact";
import { address, linkTo, type Pane } from "../address.ts";
import { cancelRun } from "../api/runs.ts";
import { textOf } from "../json.ts";
import { isInFlight } from "../log/duration-of.ts";
import { problem, runs, selectedRun, thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { Status } from "../parts/status.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { CostPane } from "./cost-pane.tsx";
import { GraphPane } from "./graph-pane.tsx";
import { HistoryPane } from "./history-pane.tsx";
import { InterruptPane } from "./interrupt-pane.tsx";
import { RunsPane } from "./runs-pane.tsx";
import { StatePane } from "./state-pane.tsx";
import { StreamPane } from "./stream-pane.tsx";
import { TimelinePane } from "./timeline-pane.tsx";

const CONTENT: Record<Pane, ComponentType> = {
  timeline: TimelinePane,
  stream: StreamPane,
  state: StatePane,
  history: HistoryPane,
  graph: GraphPane,
  cost: CostPane,
};

export function ThreadPane() {
  const { pane, thread: id = "" } = address.value;
  const Content = CONTENT[pane];
  const open = thread.value;
  const run = selectedRun.value;
  return (
    <>
      <div class="title">
        <a class="back" href={linkTo({ thread: undefined, run: undefined })}>
          Threads
        </a>
        <h1>
          {textOf(open?.metadata["graph_id"] ?? "thread")} <code>{id}</code>
        </h1>
        {open && <Status of={open.status} />}
        {run && isInFlight(run) && <Act do={() => cancelRun(run.thread_id, run.run_id)}>Cancel run</Act>}
      </div>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <InterruptPane />
      {runs.value.length > 0 && <RunsPane />}
      <Tabs selected={pane} />
      <div id="pane" class="pane" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${pane}`}>
        <Content key={`${id} ${pane}`} />
      </div>
    </>
  );
}
