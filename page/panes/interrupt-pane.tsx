/** What the graph asks a person, and the answer. Several interrupts are answered one by one or all at once. */
import { useState } from "preact/hooks";
import type { Json } from "../../functions/protocol/json.ts";
import { jsonIn } from "../json.ts";
import { state, thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { JsonView } from "../parts/json-view.tsx";
import { answer } from "../run-again.ts";

export function InterruptPane() {
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const interrupts = state.value?.interrupts ?? [];
  if (thread.value?.status !== "interrupted" || interrupts.length === 0) return null;
  const given = new Map<string, Json>(
    interrupts.flatMap(({ id }) =>
      (answers[id] ?? "") === "" ? [] : [[id, jsonIn(answers[id] ?? "") ?? answers[id] ?? ""] as const],
    ),
  );
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
              value={answers[id] ?? ""}
              onInput={({ currentTarget }) => setAnswers({ ...answers, [id]: currentTarget.value })}
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
