/** What changed from one value to the next, a line each. */
import diff from "microdiff";
import type { Json } from "../../functions/protocol/json.ts";
import { DIFFERENCE_CHARACTERS, DIFFERENCES } from "../limits.ts";

const isBranch = (value: Json | undefined): value is Exclude<Json, null | boolean | number | string> =>
  typeof value === "object" && value !== null;

const shortText = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > DIFFERENCE_CHARACTERS ? `${text.slice(0, DIFFERENCE_CHARACTERS)} …` : text;
};

export function Differences({ from, to }: { from: Json | undefined; to: Json }) {
  const changes = diff(isBranch(from) ? from : {}, isBranch(to) ? to : { value: to });
  if (changes.length === 0) return <p class="faint">Nothing changed in the state.</p>;
  return (
    <ul class="differences">
      {changes.slice(0, DIFFERENCES).map((change) => {
        const path = change.path.join(".");
        return (
          <li key={path} class={change.type.toLowerCase()}>
            <code>{path}</code>
            {"oldValue" in change && <del>{shortText(change.oldValue)}</del>}
            {"value" in change && <ins>{shortText(change.value)}</ins>}
          </li>
        );
      })}
      {changes.length > DIFFERENCES && <li class="faint">and {changes.length - DIFFERENCES} more</li>}
    </ul>
  );
}
