/** Edits the state of a checkpoint: what is written becomes a new checkpoint, as if a node had written it. */
import { useState } from "preact/hooks";
import { isJsonObject, jsonIn } from "../json.ts";
import type { ThreadState } from "../../functions/protocol/thread.ts";
import { updateState } from "../api/threads.ts";
import { stateVersion } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { runFrom } from "../run-again.ts";
import { nameText } from "../visible-text.ts";

/** Keys of the state that can be copied by a press. */
const COPIED_KEYS = 40;

export function StateForm({ state }: { state: ThreadState }) {
  const { thread_id, checkpoint_id } = state.checkpoint;
  const [text, setText] = useState("{}");
  const [asNode, setAsNode] = useState("");
  const [fork, setFork] = useState<string>();
  const [said, setSaid] = useState("");
  const keys = isJsonObject(state.values) ? Object.keys(state.values) : [];
  const copy = (key: string): void => {
    const now = jsonIn(text);
    const value = isJsonObject(state.values) ? state.values[key] : undefined;
    setText(JSON.stringify({ ...(isJsonObject(now) ? now : {}), [key]: value ?? null }, undefined, 2));
  };
  const write = async (): Promise<void> => {
    const values = jsonIn(text);
    if (values === undefined) throw new Error("This is no JSON.");
    const written = await updateState(thread_id, {
      values,
      ...(asNode && { as_node: asNode }),
      ...(checkpoint_id !== null && { checkpoint_id }),
    });
    const made = written.checkpoint.checkpoint_id ?? undefined;
    setFork(made);
    setSaid(`Written: checkpoint ${made?.slice(-12) ?? ""}`);
    stateVersion.value += 1;
  };
  return (
    <div class="state-form">
      <p class="faint">
        As a node would write it: channels with a reducer add to what is there. Copy a key:{" "}
        {keys.slice(0, COPIED_KEYS).map((key) => (
          <button type="button" key={key} class="link" onClick={() => copy(key)}>
            {nameText(key)}
          </button>
        ))}
        {keys.length > COPIED_KEYS && `… and ${(keys.length - COPIED_KEYS).toLocaleString("en")} others`}
      </p>
      <label>
        Values, JSON
        <textarea
          rows={6}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <label>
        As node
        <input
          value={asNode}
          placeholder="the one that wrote last"
          onInput={({ currentTarget }) => setAsNode(currentTarget.value)}
        />
      </label>
      <div class="bar">
        <Act main do={write}>
          Write
        </Act>
        {fork !== undefined && <Act do={() => runFrom(fork)}>Run from it</Act>}
        <span role="status">{said}</span>
      </div>
    </div>
  );
}
