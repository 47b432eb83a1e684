/** What changed from one value to the next, a line each. */
import diff from "microdiff";
import type { Json } from "../../functions/protocol/json.ts";

/** Lines that are drawn; characters of a value. */
const LINES = 200;
const CHARACTERS = 400;

const isBranch = (value: Json | undefined): value is Exclude<Json, null | boolean | number | string> =>
  typeof value === "object" && value !== null;

const textOf = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > CHARACTERS ? `${text.slice(0, CHARACTERS)} …` : text;
};

export function Differences({ from, to }: { from: Json | undefined; to: Json }) {
  const changes = diff(isBranch(from) ? from : {}, isBranch(to) ? to : { value: to });
  if (changes.length === 0) return <p class="faint">Nothing changed in the state.</p>;
  return (
    <ul class="differences">
      {changes.slice(0, LINES).map((change) => {
        const path = change.path.join(".");
        return (
          <li key={path} class={change.type.toLowerCase()}>
            <code>{path}</code>
            {"oldValue" in change && <del>{textOf(change.oldValue)}</del>}
            {"value" in change && <ins>{textOf(change.value)}</ins>}
          </li>
        );
      })}
      {changes.length > LINES && <li class="faint">and {changes.length - LINES} more</li>}
    </ul>
  );
}
