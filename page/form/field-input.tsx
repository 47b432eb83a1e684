/** One field of the form of a new run. */
import { TEXT_CHARACTERS } from "../limits.ts";
import { beginning, nameText } from "../visible-text.ts";
import type { Field } from "./fields-of.ts";

export interface FieldInputProps {
  field: Field;
  text: string;
  onText: (text: string) => void;
}

export function FieldInput({ field, text, onText }: FieldInputProps) {
  const { name, kind, required, choices, hint } = field;
  const take = ({ currentTarget }: { currentTarget: { value: string } }): void => onText(currentTarget.value);
  const shared = { name, value: text, required, onInput: take };
  return (
    <label>
      <span>
        {nameText(name)}
        {required && <span class="faint"> required</span>}
        {hint && <span class="faint"> {beginning(hint, TEXT_CHARACTERS)}</span>}
      </span>
      {kind === "choice" || kind === "boolean" ? (
        <select name={name} value={text} required={required} onChange={take}>
          <option value="" />
          {(kind === "boolean" ? [true, false] : choices).map((choice) => (
            <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
              {nameText(choice)}
            </option>
          ))}
        </select>
      ) : kind === "number" ? (
        <input {...shared} type="number" step="any" />
      ) : (
        <textarea
          {...shared}
          rows={kind === "message" ? 3 : kind === "json" ? 2 : 1}
          placeholder={
            kind === "message" ? "What the user says, or a JSON list of messages" : kind === "json" ? "JSON" : ""
          }
          spellcheck={kind !== "json"}
        />
      )}
    </label>
  );
}
