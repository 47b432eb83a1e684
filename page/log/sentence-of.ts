/** One line that says what an event tells, for people. */
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import { isJsonObject, jsonIn, textOf } from "../json.ts";
import { READ_CHARACTERS, SENTENCE_CHARACTERS } from "../limits.ts";
import { beginning } from "../visible-text.ts";
import { modeOf } from "./message-piece.ts";
import type { LoggedEvent } from "./run-log.ts";

const known = new WeakMap<LoggedEvent, string>();

export function sentenceOf(event: LoggedEvent): string {
  const before = known.get(event);
  if (before !== undefined) return before;
  const { length } = event.data;
  const sentence = length > READ_CHARACTERS ? `${(length / 1_000).toFixed(0)} kB` : read(event);
  known.set(event, sentence);
  return sentence;
}

function read({ event, data }: LoggedEvent): string {
  const value = jsonIn(data);
  const say = SENTENCES.get(modeOf(event));
  return beginning(isJsonObject(value) && say ? say(value) : data, SENTENCE_CHARACTERS);
}

const namesOf = (value: Json | undefined): string =>
  isJsonObject(value) ? Object.keys(value).join(", ") : textOf(value ?? "nothing");

/** What an event of LangGraph has, when it is as LangGraph makes it. */
type Fields = Partial<JsonObject>;

const SENTENCES = new Map<string, (value: Fields) => string>([
  [
    "metadata",
    ({ attempt, status }) =>
      status === "run_done"
        ? "the run has ended"
        : status === "run_handed_over"
          ? "handed over to the next worker"
          : `attempt ${textOf(attempt)}`,
  ],
  [
    "values",
    (value) => ("__interrupt__" in value ? "asks a person, and waits" : `the state: ${Object.keys(value).join(", ")}`),
  ],
  [
    "updates",
    (value) =>
      "__interrupt__" in value
        ? "asks a person"
        : Object.entries(value)
            .map(([node, update]) => `${node} wrote ${namesOf(update)}`)
            .join("; "),
  ],
  [
    "tasks",
    ({ name, result, error, input }) => {
      if (error) return `${textOf(name)} failed: ${textOf(error)}`;
      return input === undefined || result !== undefined ? `${textOf(name)} is done` : `${textOf(name)} begins`;
    },
  ],
  [
    "checkpoints",
    ({ next, metadata }) => {
      const step = isJsonObject(metadata) ? metadata["step"] : undefined;
      const nodes = Array.isArray(next) && next.length > 0 ? next.map(textOf).join(", ") : "nothing";
      return `checkpoint of step ${textOf(step)}; next: ${nodes}`;
    },
  ],
  ["error", ({ error, message }) => `${textOf(error)}: ${textOf(message)}`],
  ["debug", ({ type, step }) => `${textOf(type)}, step ${textOf(step)}`],
]);
