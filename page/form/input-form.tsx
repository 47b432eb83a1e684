/** The input of a new run: a field for each property of the graph's schema, or JSON; inputs of earlier runs fill it in. */
import { useState } from "preact/hooks";
import type { Json } from "../../functions/protocol/json.ts";
import { Act } from "../parts/act.tsx";
import { FieldInput } from "./field-input.tsx";
import type { Field } from "./fields-of.ts";
import { asJson, draftOf, EMPTY_DRAFT, type InputDraft, inputIn } from "./input-draft.ts";

export interface InputFormProps {
  /** Undefined where the input is JSON alone. */
  fields: Field[] | undefined;
  draft: InputDraft;
  onChange: (draft: InputDraft) => void;
  /** Of earlier runs, newest first. */
  earlier: readonly Json[];
}

export function InputForm({ fields, draft, onChange, earlier }: InputFormProps) {
  return (
    <fieldset>
      <legend>Input</legend>
      {earlier.length > 0 && (
        <EarlierInputs count={earlier.length} onChoose={(at) => onChange(draftOf(earlier[at] ?? null, fields))} />
      )}
      {draft.form === "fields" ? (
        <>
          {fields?.map((field) => (
            <FieldInput
              key={field.name}
              field={field}
              text={draft.texts.get(field.name) ?? field.initial}
              onText={(text) => onChange({ form: "fields", texts: new Map(draft.texts).set(field.name, text) })}
            />
          ))}
          <Act do={async () => onChange(asJson(inputIn(draft, fields ?? [])))}>As JSON</Act>
        </>
      ) : (
        <>
          <label>
            JSON
            <textarea
              rows={8}
              spellcheck={false}
              value={draft.text}
              onInput={({ currentTarget }) => onChange({ form: "json", text: currentTarget.value })}
            />
          </label>
          {fields && (
            <button type="button" onClick={() => onChange(EMPTY_DRAFT)}>
              As a form
            </button>
          )}
        </>
      )}
    </fieldset>
  );
}

interface EarlierInputsProps {
  count: number;
  onChoose: (index: number) => void;
}

function EarlierInputs({ count, onChoose }: EarlierInputsProps) {
  /** Not yet any. */
  const [at, setAt] = useState(-1);
  const go = (to: number): void => {
    setAt(to);
    onChoose(to);
  };
  return (
    <div class="bar">
      <button type="button" disabled={at + 1 >= count} onClick={() => go(at + 1)}>
        Earlier input
      </button>
      <button type="button" disabled={at <= 0} onClick={() => go(at - 1)}>
        Later input
      </button>
      <span class="faint" role="status">
        {at >= 0 && `${at + 1} of ${count}`}
      </span>
    </div>
  );
}
