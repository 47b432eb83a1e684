/** What the graph asks a person, and the answer. Several interrupts are answered one by one or all at once. */
import { useState } from "preact/hooks";
import type { Json } from "../../functions/protocol/json.ts";
import { jsonIn } from "../json.ts";
import { state, thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { JsonView } from "../parts/json-view.tsx";
import { answer } from "../run-again.ts";

export function InterruptPane() {
  /** By the id of the interrupt. */
  const [answers, setAnswers] = useState<ReadonlyMap<string, string>>(new Map());
  const interrupts = state.value?.interrupts ?? [];
  if (thread.value?.status !== "interrupted" || interrupts.length === 0) return null;
  const given = new Map<string, Json>();
  for (const { id } of interrupts) {
    const text = answers.get(id) ?? "";
    if (text !== "") given.set(id, jsonIn(text) ?? text);
  }
  return (
    <section class="interrupts" aria-label="Waits for a person">
      {interrupts.map(({ id, value }, index) => (
        <div key={id} class="interrupt">
          <h2>The graph asks{interrupts.length > 1 ? ` (${index + 1} of ${interrupts.length})` : ""}</h2>
          <JsonView value={value} open={2} />
          <label>
            Answer
            <textarea
              rows={1}
              placeholder='Text or JSON: true, {"approved": true} …'
              value={answers.get(id) ?? ""}
              onInput={({ currentTarget }) => setAnswers(new Map(answers).set(id, currentTarget.value))}
            />
          </label>
        </div>
      ))}
      <div class="bar">
        <Act main disabled={given.size === 0} do={() => answer(given)}>
          Answer
        </Act>
        {interrupts.length === 1 && (
          <>
            <Act do={() => answer(new Map([[interrupts[0]?.id ?? "", true]]))}>true</Act>
            <Act do={() => answer(new Map([[interrupts[0]?.id ?? "", false]]))}>false</Act>
          </>
        )}
      </div>
    </section>
  );
}
