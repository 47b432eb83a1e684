/** What changed from one value to the next, a line each. */
import diff, { type Difference } from "microdiff";
import { useMemo } from "preact/hooks";
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import { DIFFERENCE_CHARACTERS, DIFFERENCES } from "../limits.ts";
import { beginning, nameText } from "../visible-text.ts";

type Branch = Json[] | JsonObject;

const isBranch = (value: Json | undefined): value is Branch => typeof value === "object" && value !== null;

/** Without a prototype, whose names the comparison would take for keys: `constructor`, `__proto__`. */
function bare(branch: Branch): Branch {
  const inside = (value: Json): Json => (isBranch(value) ? bare(value) : value);
  if (Array.isArray(branch)) return branch.map(inside);
  const copy = Object.create(null) as JsonObject;
  for (const [key, value] of Object.entries(branch)) copy[key] = inside(value);
  return copy;
}

const differencesOf = (from: Json | undefined, to: Json): Difference[] =>
  diff(isBranch(from) ? bare(from) : {}, isBranch(to) ? bare(to) : { value: to }, { cyclesFix: false });

const shortText = (value: unknown): string =>
  beginning(typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"), DIFFERENCE_CHARACTERS);

export function Differences({ from, to }: { from: Json | undefined; to: Json }) {
  const changes = useMemo(() => differencesOf(from, to), [from, to]);
  if (changes.length === 0) return <p class="faint">Nothing changed in the state.</p>;
  return (
    <ul class="differences">
      {changes.slice(0, DIFFERENCES).map((change) => (
        <li key={change.path.join("\u0000")} class={change.type.toLowerCase()}>
          <code>{change.path.map((step) => nameText(String(step))).join(".")}</code>
          {"oldValue" in change && <del>{shortText(change.oldValue)}</del>}
          {"value" in change && <ins>{shortText(change.value)}</ins>}
        </li>
      ))}
      {changes.length > DIFFERENCES && <li class="faint">and {changes.length - DIFFERENCES} more</li>}
    </ul>
  );
}
