/** The checkpoints of the thread, newest first: what each changed, to run again from it, and to edit it into a fork. */
import { useState } from "preact/hooks";
import { address } from "../address.ts";
import { getHistory, getStateAt } from "../api/threads.ts";
import type { ListedState } from "../listed-state.ts";
import { HISTORY_PAGE } from "../limits.ts";
import { stateVersion, thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { Differences } from "../parts/differences.tsx";
import { JsonView } from "../parts/json-view.tsx";
import { clockText } from "../parts/show-time.tsx";
import { useAsked } from "../parts/use-asked.ts";
import { runFrom } from "../run-again.ts";
import { StateForm } from "./state-form.tsx";
import { nameText } from "../visible-text.ts";

export function HistoryPane() {
  const [limit, setLimit] = useState(HISTORY_PAGE);
  const { thread: thread_id = "" } = address.value;
  const { value: states, problem } = useAsked(thread_id, stateVersion.value + limit, () =>
    getHistory(thread_id, { limit }),
  );
  if (problem && !states) return <p class="problem">{problem}</p>;
  if (!states) return <p class="faint">Loading …</p>;
  if (states.length === 0) return <p class="faint">No checkpoint yet.</p>;
  const byId = new Map(states.map((state) => [state.checkpoint.checkpoint_id, state]));
  return (
    <div class="history">
      <ol>
        {states.map((state) => (
          <Checkpoint
            key={state.checkpoint.checkpoint_id}
            state={state}
            parent={byId.get(state.parent_checkpoint?.checkpoint_id ?? "")}
          />
        ))}
      </ol>
      {states.length === limit && (
        <button type="button" onClick={() => setLimit(limit + HISTORY_PAGE)}>
          Earlier checkpoints
        </button>
      )}
    </div>
  );
}

interface CheckpointProps {
  state: ListedState;
  /** Undefined for the first, and for one that is not listed. */
  parent: ListedState | undefined;
}

function Checkpoint({ state, parent }: CheckpointProps) {
  const [open, setOpen] = useState(false);
  const { metadata, next, created_at, checkpoint } = state;
  const isFork = parent !== undefined && Number(metadata["step"]) !== Number(parent.metadata["step"]) + 1;
  return (
    <li>
      <button type="button" class="head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <b>step {nameText(metadata["step"])}</b>
        <span>{next.length > 0 ? `next ${[...new Set(next)].map(nameText).join(", ")}` : "end"}</span>
        <span class="faint">
          {nameText(metadata["source"])}
          {isFork ? ", fork" : ""}
        </span>
        <code>{checkpoint.checkpoint_id?.slice(-12)}</code>
        <span class="faint">{created_at === null ? "" : clockText(created_at)}</span>
      </button>
      {open && <OpenCheckpoint state={state} />}
    </li>
  );
}

/** Values are asked for here: those of a whole list could be hundreds of megabytes. */
function OpenCheckpoint({ state: { checkpoint, parent_checkpoint } }: { state: ListedState }) {
  const [edited, setEdited] = useState(false);
  const id = checkpoint.checkpoint_id ?? "";
  const { value: found, problem } = useAsked(id, 0, () =>
    Promise.all([getStateAt(checkpoint), parent_checkpoint && getStateAt(parent_checkpoint)]),
  );
  if (problem) return <p class="problem">{problem}</p>;
  if (!found) return <p class="faint">Loading …</p>;
  const [state, parent] = found;
  return (
    <div class="body">
      <div class="bar">
        <Act disabled={thread.value?.status === "busy"} do={() => runFrom(id)}>
          Run again from here
        </Act>
        <button type="button" aria-expanded={edited} onClick={() => setEdited(!edited)}>
          Edit and fork
        </button>
      </div>
      {edited && <StateForm state={state} />}
      <h3>Changed</h3>
      <Differences from={parent?.values} to={state.values} />
      <h3>State</h3>
      <JsonView value={state.values} open={1} />
    </div>
  );
}
