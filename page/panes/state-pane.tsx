/** The state of the thread now: values, what comes next, tasks; and the form that edits it. */
import { useState } from "preact/hooks";
import type { Json } from "../../functions/protocol/json.ts";
import { state, thread } from "../open-thread.ts";
import { JsonView } from "../parts/json-view.tsx";
import { StateForm } from "./state-form.tsx";

export function StatePane() {
  const [edited, setEdited] = useState(false);
  const now = state.value;
  if (!now) return <p class="faint">Loading …</p>;
  const busy = thread.value?.status === "busy";
  return (
    <div class="state">
      <div class="bar">
        <span>{now.next.length > 0 ? `Next: ${[...new Set(now.next)].join(", ")}` : "Nothing is left to do"}</span>
        <button type="button" aria-expanded={edited} disabled={busy} onClick={() => setEdited(!edited)}>
          Edit state
        </button>
      </div>
      {edited && !busy && <StateForm state={now} />}
      {thread.value?.error && (
        <p class="problem">
          {thread.value.error.error}: {thread.value.error.message}
        </p>
      )}
      <h3>Values</h3>
      <JsonView value={now.values} open={2} />
      <h3>Tasks</h3>
      <JsonView value={now.tasks as unknown as Json} open={0} />
      <h3>Metadata</h3>
      <JsonView value={now.metadata} open={0} />
    </div>
  );
}
