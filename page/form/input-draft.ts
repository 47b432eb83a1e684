/** What a person has filled in so far: field by field, or as JSON. */
import type { Json } from "../../functions/protocol/json.ts";
import { isJsonObject, jsonIn, textOf } from "../json.ts";
import { type Field, inputOf } from "./fields-of.ts";

export type InputDraft = { form: "fields"; texts: ReadonlyMap<string, string> } | { form: "json"; text: string };

export const EMPTY_DRAFT: InputDraft = { form: "fields", texts: new Map() };

/** @param fields undefined where the input is no object: it is JSON then */
export const draftFor = (draft: InputDraft, fields: readonly Field[] | undefined): InputDraft =>
  fields || draft.form === "json" ? draft : { form: "json", text: "" };

/** @throws Error that says what is no JSON */
export function inputIn(draft: InputDraft, fields: readonly Field[]): Json {
  if (draft.form === "fields") return inputOf(fields, draft.texts);
  if (draft.text.trim() === "") return null;
  const value = jsonIn(draft.text);
  if (value === undefined) throw new Error("This is no JSON.");
  return value;
}

export const asJson = (input: Json): InputDraft => ({ form: "json", text: JSON.stringify(input, undefined, 2) });

/** An input that was given before: in fields, if these would make the same of it again. */
export function draftOf(input: Json, fields: readonly Field[] | undefined): InputDraft {
  if (!fields || !isJsonObject(input)) return asJson(input);
  const texts = new Map(fields.map((field) => [field.name, textFor(field, input[field.name])]));
  const again = inputOf(fields, texts);
  const same = fields.every(({ name }) => JSON.stringify(again[name]) === JSON.stringify(input[name]));
  return same && Object.keys(again).length === Object.keys(input).length ? { form: "fields", texts } : asJson(input);
}

function textFor({ kind }: Field, value: Json | undefined): string {
  if (kind === "message" && Array.isArray(value) && value.length === 1) {
    const [message] = value;
    if (isJsonObject(message) && typeof message["content"] === "string") return message["content"];
  }
  return kind === "choice" || kind === "boolean" ? (value === undefined ? "" : JSON.stringify(value)) : textOf(value);
}
