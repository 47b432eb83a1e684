/** The state of the thread now: values, what comes next, tasks; and the form that edits it. */
import { useState } from "preact/hooks";
import { address } from "../address.ts";
import { getState } from "../api/threads.ts";
import { stateVersion, thread } from "../open-thread.ts";
import { JsonView } from "../parts/json-view.tsx";
import { LongText } from "../parts/long-text.tsx";
import { useAsked } from "../parts/use-asked.ts";
import { StateForm } from "./state-form.tsx";
import { nameText } from "../visible-text.ts";

export function StatePane() {
  const [edited, setEdited] = useState(false);
  const { thread: id = "" } = address.value;
  const { value: now, problem } = useAsked(id, stateVersion.value, () => getState(id));
  if (!now) return problem ? <p class="problem">{problem}</p> : <p class="faint">Loading …</p>;
  const { status, error } = thread.value ?? {};
  const busy = status === "busy";
  const next = [...new Set(now.next)].map(nameText);
  return (
    <div class="state">
      <div class="bar">
        <span>{next.length > 0 ? `Next: ${next.join(", ")}` : "Nothing is left to do"}</span>
        <button type="button" aria-expanded={edited} disabled={busy} onClick={() => setEdited(!edited)}>
          Edit state
        </button>
      </div>
      {edited && !busy && <StateForm state={now} />}
      {error && (
        <p class="problem">
          <LongText text={`${error.error}: ${error.message}`} />
        </p>
      )}
      <h3>Values</h3>
      <JsonView value={now.values} open={2} />
      <h3>Tasks</h3>
      <JsonView value={now.tasks} open={0} />
      <h3>Metadata</h3>
      <JsonView value={now.metadata} open={0} />
    </div>
  );
}
