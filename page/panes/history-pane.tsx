/** The checkpoints of the thread, newest first: what each changed, to run again from it, and to edit it into a fork. */
import { useEffect, useState } from "preact/hooks";
import type { ThreadState } from "../../functions/protocol/thread.ts";
import { address } from "../address.ts";
import { messageOf } from "../api/request.ts";
import { getHistory } from "../api/threads.ts";
import { textOf } from "../json.ts";
import { HISTORY_PAGE } from "../limits.ts";
import { stateVersion, thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { Differences } from "../parts/differences.tsx";
import { JsonView } from "../parts/json-view.tsx";
import { clockText } from "../parts/show-time.tsx";
import { runFrom } from "../run-again.ts";
import { StateForm } from "./state-form.tsx";

export function HistoryPane() {
  const [states, setStates] = useState<ThreadState[]>();
  const [limit, setLimit] = useState(HISTORY_PAGE);
  const [problem, setProblem] = useState("");
  const { thread: thread_id } = address.value;
  const version = stateVersion.value;
  useEffect(() => {
    if (thread_id === undefined) return undefined;
    let left = false;
    getHistory(thread_id, { limit }).then(
      (found) => left || (setStates(found), setProblem("")),
      (error: unknown) => left || setProblem(messageOf(error)),
    );
    return () => void (left = true);
  }, [thread_id, limit, version]);
  if (problem && !states) return <p class="problem">{problem}</p>;
  if (states?.length === 0) return <p class="faint">No checkpoint yet.</p>;
  const byId = new Map((states ?? []).map((state) => [state.checkpoint.checkpoint_id, state]));
  return (
    <div class="history">
      <ol>
        {states?.map((state) => (
          <Checkpoint
            key={state.checkpoint.checkpoint_id}
            state={state}
            parent={byId.get(state.parent_checkpoint?.checkpoint_id ?? "")}
          />
        ))}
      </ol>
      {states?.length === limit && (
        <button type="button" onClick={() => setLimit(limit + HISTORY_PAGE)}>
          Earlier checkpoints
        </button>
      )}
    </div>
  );
}

function Checkpoint({ state, parent }: { state: ThreadState; parent: ThreadState | undefined }) {
  const [open, setOpen] = useState(false);
  const [edited, setEdited] = useState(false);
  const { metadata, next, created_at, checkpoint } = state;
  const id = checkpoint.checkpoint_id ?? "";
  const isFork = parent !== undefined && Number(metadata["step"]) !== Number(parent.metadata["step"]) + 1;
  return (
    <li>
      <button type="button" class="head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <b>step {textOf(metadata["step"])}</b>
        <span>{next.length > 0 ? `next ${[...new Set(next)].join(", ")}` : "end"}</span>
        <span class="faint">
          {textOf(metadata["source"])}
          {isFork ? ", fork" : ""}
        </span>
        <code>{id.slice(-12)}</code>
        <span class="faint">{created_at === null ? "" : clockText(created_at)}</span>
      </button>
      {open && (
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
      )}
    </li>
  );
}
