/** The thread that is open: what it waits for, its runs, and one pane about the run that is chosen. */
import type { ComponentType } from "preact";
import { address, linkTo, type Pane } from "../address.ts";
import { cancelRun } from "../api/runs.ts";
import { isInFlight } from "../log/duration-of.ts";
import { connection, problem, runs, selectedRun, thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { Fence } from "../parts/fence.tsx";
import { Status } from "../parts/status.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { CostPane } from "./cost-pane.tsx";
import { GraphPane } from "./graph-pane.tsx";
import { HistoryPane } from "./history-pane.tsx";
import { InterruptPane } from "./interrupt-pane.tsx";
import { NoThread } from "./no-thread.tsx";
import { RunsPane } from "./runs-pane.tsx";
import { StatePane } from "./state-pane.tsx";
import { StreamPane } from "./stream-pane.tsx";
import { TimelinePane } from "./timeline-pane.tsx";
import { nameText } from "../visible-text.ts";

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
  const isGone = connection.value.kind === "gone";
  if (isGone && !open) return <NoThread id={id} why="It was deleted, or never was, or is not for this key." />;
  return (
    <>
      <div class="title">
        <a class="back" href={linkTo({ thread: undefined, run: undefined })}>
          Threads
        </a>
        <h1>
          <bdi>{nameText(open?.metadata["graph_id"] ?? "thread")}</bdi> <code>{id}</code>
        </h1>
        {open && !isGone && <Status of={open.status} />}
        {run && isInFlight(run) && !isGone && <Act do={() => cancelRun(run)}>Cancel run</Act>}
      </div>
      {isGone && (
        <p class="problem" role="alert">
          This thread was deleted. What was loaded of it stays until you go to{" "}
          <a href={linkTo({ thread: undefined, run: undefined })}>another one</a>.
        </p>
      )}
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <InterruptPane />
      {runs.value.length > 0 && <RunsPane />}
      <Tabs selected={pane} />
      <div id="pane" class="pane" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${pane}`}>
        <Fence key={`${id} ${pane}`}>
          <Content />
        </Fence>
      </div>
    </>
  );
}
